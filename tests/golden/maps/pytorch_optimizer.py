"""pytorch_optimizer's classes as optimizers of the catalogue; decay before the step is the pipeline's."""

PRESET = {"preset": "pytorch_optimizer"}


def pipeline(options):
    """The penalty, or the decay where it is decoupled."""
    return {"decay" if options.get("weight_decouple") else "l2": options["weight_decay"]}


def kin(name, options, *same, **fields):
    """The table of a kin of Adam, with the options `same` under their own names."""
    beta1, beta2, *_ = options["betas"]
    named = {key: options[key] for key in ("lr", *same)}
    return {"name": name, **PRESET, **named, "beta1": beta1, "beta2": beta2, **fields}


def adabound(options, case):
    return kin("adabound", options, "final_lr", "gamma", "eps", "ams_bound"), pipeline(options)


def adamod(options, case):
    return kin("adamod", options, "eps", beta3=options["betas"][2]), pipeline(options)


def diffgrad(options, case):
    return kin("diffgrad", options, "eps"), pipeline(options)


def qhadam(options, case):
    nu1, nu2 = options["nus"]
    return kin("qhadam", options, "eps", nu1=nu1, nu2=nu2), pipeline(options)


def padam(options, case):
    return kin("padam", options, "eps", "partial"), pipeline(options)


def swats(options, case):
    table = kin("swats", options, "eps", "nesterov", relative=options["eps"])
    return table, pipeline(options)


def laprop(options, case):
    table = kin("laprop", options, "eps", "centered", "weight_decay", delay=options["steps_before_using_centered"])
    return table, {}


def named(name, *same):
    """A class whose options have the names of our fields."""
    return lambda options, case: ({"name": name, **{key: options[key] for key in ("lr", *same)}}, pipeline(options))


def sgdw(options, case):
    fields = {key: options[key] for key in ("lr", "momentum", "dampening", "nesterov", "weight_decay")}
    if not options["momentum"]:
        fields |= {"dampening": 0.0, "nesterov": False}  # the library has no velocity then
    return {"name": "sgdw", **PRESET, **fields}, {}


def lookahead(options, case):
    inner = {"name": "adam", "lr": options["lr"]}
    return {"name": "lookahead", "inner": inner, "every": options["k"], "alpha": options["alpha"]}, {}


MAPS = {
    "pytorch_optimizer.AdaBound": adabound,
    "pytorch_optimizer.AdaMod": adamod,
    "pytorch_optimizer.DiffGrad": diffgrad,
    "pytorch_optimizer.QHAdam": qhadam,
    "pytorch_optimizer.QHM": named("qhm", "momentum", "nu"),
    "pytorch_optimizer.AggMo": named("aggmo", "betas"),
    "pytorch_optimizer.PID": named("pid", "momentum", "dampening", "integral", "derivative"),
    "pytorch_optimizer.PAdam": padam,
    "pytorch_optimizer.SWATS": swats,
    "pytorch_optimizer.LaProp": laprop,
    "pytorch_optimizer.AccSGD": named("accsgd", "kappa", "xi", "constant"),
    "pytorch_optimizer.SGDW": sgdw,
    "pytorch_optimizer.Lookahead(torch.optim.Adam(lr=lr), k, alpha)": lookahead,
}
LEFT_OUT = {}
