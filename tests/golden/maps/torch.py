"""PyTorch's classes as optimizers of the catalogue; its weight decay is the pipeline's."""


def pipeline(options):
    """The penalty, or the decay where it is decoupled."""
    return {"decay" if options.get("decoupled_weight_decay") else "l2": options["weight_decay"]}


def moments(name, options, **fields):
    """The table of a kin of Adam."""
    beta1, beta2 = options["betas"]
    return {"name": name, "lr": options["lr"], "beta1": beta1, "beta2": beta2, "eps": options["eps"], **fields}


def sgd(options, case):
    if not options["momentum"]:
        return {"name": "sgd", "lr": options["lr"]}, pipeline(options)
    fields = {key: options[key] for key in ("lr", "momentum", "dampening", "nesterov")}
    return {"name": "momentum", **fields}, pipeline(options)


def adagrad(options, case):
    fields = {key: options[key] for key in ("lr", "lr_decay", "eps")}
    return {"name": "adagrad", **fields, "initial": options["initial_accumulator_value"]}, pipeline(options)


def rmsprop(options, case):
    fields = {key: options[key] for key in ("lr", "alpha", "eps", "momentum", "centered")}
    return {"name": "rmsprop", **fields}, pipeline(options)


def adadelta(options, case):
    return {"name": "adadelta", **{key: options[key] for key in ("lr", "rho", "eps")}}, pipeline(options)


def adam(options, case):
    return moments("amsgrad" if options["amsgrad"] else "adam", options), pipeline(options)


def adamw(options, case):
    if options["amsgrad"]:
        return moments("amsgrad", options), {"decay": options["weight_decay"]}
    table = moments("adamw", options, weight_decay=options["weight_decay"])
    if "param_groups" not in case:
        return table, {}
    weights, biases = case["param_groups"]
    rule = {"match": "b*", "lr": biases["lr"] / options["lr"], "decay": biases["weight_decay"]}
    return {**table, "weight_decay": weights["weight_decay"]}, {}, {"layers": [rule]}


def adamax(options, case):
    return moments("adamax", options), pipeline(options)


def nadam(options, case):
    return moments("nadam", options, momentum_decay=options["momentum_decay"]), pipeline(options)


def radam(options, case):
    return moments("radam", options), pipeline(options)


def rprop(options, case):
    (eta_minus, eta_plus), (lowest, highest) = options["etas"], options["step_sizes"]
    fields = {"eta_minus": eta_minus, "eta_plus": eta_plus, "lowest": lowest, "highest": highest}
    return {"name": "rprop", "lr": options["lr"], **fields}, {}


def asgd(options, case):
    fields = {"lr": options["lr"], "decay": options["lambd"], "alpha": options["alpha"], "start": int(options["t0"])}
    return {"name": "asgd", **fields}, pipeline(options)


def adafactor(options, case):
    eps1, eps2 = options["eps"]
    eps = {"eps1": 2**-52 if eps1 is None else eps1, "eps1_place": "floor", "eps2": eps2}  # None: that of float64
    fields = {"lr": options["lr"], "decay": options["beta2_decay"], "clip": options["d"], **eps}
    return {"name": "adafactor", **fields, "weight_decay": options["weight_decay"]}, {}


def muon(options, case):
    fields = {key: options[key] for key in ("lr", "momentum", "nesterov", "weight_decay", "eps")}
    fields |= {"polynomial": options["ns_coefficients"], "iterations": options["ns_steps"], "form": "mean"}
    scale = "rms" if options["adjust_lr_fn"] == "match_rms_adamw" else "shape"
    return {"name": "muon", **fields, "eps_place": "floor", "scale": scale}, {}


def lbfgs(options, case):
    fields = {"lr": options["lr"], "history": options["history_size"], "iterations": options["max_iter"]}
    fields |= {key: options[key] for key in ("tolerance_grad", "tolerance_change")}
    fields |= {"evaluations": options["max_eval"] or options["max_iter"] * 5 // 4}
    return {"name": "lbfgs", **fields, "search": "strong Wolfe" if options["line_search_fn"] else "none"}, {}


MAPS = {
    "torch.optim.SGD": sgd,
    "torch.optim.Adagrad": adagrad,
    "torch.optim.RMSprop": rmsprop,
    "torch.optim.Adadelta": adadelta,
    "torch.optim.Adam": adam,
    "torch.optim.AdamW": adamw,
    "torch.optim.Adamax": adamax,
    "torch.optim.NAdam": nadam,
    "torch.optim.RAdam": radam,
    "torch.optim.Rprop": rprop,
    "torch.optim.ASGD": asgd,
    "torch.optim.Adafactor": adafactor,
    "torch.optim.Muon": muon,
    "torch.optim.LBFGS": lbfgs,
}
LEFT_OUT = {
    "torch.SGD.param_groups.affine": "another momentum by layer: taken by two optimizers in test_golden_optimizers",
    "torch.Adam.param_groups.affine": "other betas by layer: taken by two optimizers in test_golden_optimizers",
}
