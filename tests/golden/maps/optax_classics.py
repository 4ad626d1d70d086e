"""The classics of optax as optimizers of the catalogue."""


def moments(name, options, *keys, **fields):
    """The table of a kin of Adam; `keys` are options of the same name on both sides."""
    own = {"lr": options["learning_rate"], "beta1": options["b1"], "beta2": options["b2"], "eps": options["eps"]}
    return {"name": name, **own, **{key: options[key] for key in keys}, **fields}


def sgd(options, case):
    if not options["momentum"]:
        return {"name": "sgd", "lr": options["learning_rate"]}, {}
    fields = {"momentum": options["momentum"], "nesterov": options["nesterov"]}
    return {"name": "momentum", "lr": options["learning_rate"], **fields}, {}


def adam(options, case):
    if options["nesterov"]:
        return adamw({**options, "weight_decay": 0.0}, case)
    return moments("adam", options, "eps_root"), {}


def adamw(options, case):
    name = "nadamw" if options["nesterov"] else "adamw"
    return moments(name, options, "eps_root", "weight_decay"), {}


def nadam(options, case):
    if options["eps_root"]:
        return adam(options, case)
    return moments("nadam", options, momentum="constant"), {}


def amsgrad(options, case):
    correct = {"correct_m": options["bias_correction_mu"], "correct_v": options["bias_correction_nu"]}
    return moments("amsgrad", options, "eps_root", max_corrected=True, **correct), {}


def adamaxw(options, case):
    return moments("adamaxw", options, "weight_decay"), {}


def radam(options, case):
    return moments("radam", options, "eps_root", "threshold", "nesterov", eps_place="corrected"), {}


def adagrad(options, case):
    fields = {"lr": options["learning_rate"], "initial": options["initial_accumulator_value"], "eps": options["eps"]}
    return {"name": "adagrad", **fields, "eps_place": "inside"}, {}


def adadelta(options, case):
    fields = {"lr": options["learning_rate"], "rho": options["rho"], "eps": options["eps"]}
    return {"name": "adadelta", **fields}, {"l2": options["weight_decay"]}


def rmsprop(options, case):
    fields = {"lr": options["learning_rate"], "alpha": options["decay"], "eps": options["eps"]}
    fields |= {"momentum": options["momentum"] or 0.0, "nesterov": options["nesterov"]}
    fields |= {"centered": options["centered"], "initial": options["initial_scale"]}
    fields |= {"correct": options["bias_correction"], "lr_place": "inside"}
    return {"name": "rmsprop", **fields, "eps_place": "inside" if options["eps_in_sqrt"] else "outside"}, {}


def rprop(options, case):
    fields = {"eta_minus": options["eta_minus"], "eta_plus": options["eta_plus"]}
    fields |= {"lowest": options["min_step_size"], "highest": options["max_step_size"]}
    return {"name": "rprop", "lr": options["learning_rate"], **fields, "delayed": True}, {}


def muon(options, case):
    lr, rms = options["learning_rate"], options["consistent_rms"]
    rest = {"learning_rate": options["adam_learning_rate"] or lr, "eps": 1e-8, "weight_decay": 0.0}
    rest |= {key: options[f"adam_{key}"] for key in ("b1", "b2", "eps_root", "weight_decay")}
    vectors, _ = adamw({**rest, "nesterov": options["nesterov"]}, case)
    fields = {key: options[key] for key in ("nesterov", "weight_decay", "eps", "adaptive")}
    fields |= {"momentum": options["beta"], "polynomial": options["ns_coeffs"], "iterations": options["ns_steps"]}
    fields |= {"form": "corrected", "eps_place": "added"}
    fields |= {"scale": "shape"} if rms is None else {"scale": "rms", "rms": rms}
    return {"name": "muon", "lr": lr, **fields, "rest": vectors}, {}


MAPS = {
    "optax.sgd": sgd,
    "optax.adam": adam,
    "optax.adamw": adamw,
    "optax.nadam": nadam,
    "optax.nadamw": adamw,
    "optax.amsgrad": amsgrad,
    "optax.adamaxw": adamaxw,
    "optax.radam": radam,
    "optax.adagrad": adagrad,
    "optax.adadelta": adadelta,
    "optax.rmsprop": rmsprop,
    "optax.rprop": rprop,
    "optax.contrib.muon": muon,
}
LEFT_OUT = {
    "optax.lbfgs": "informative cases of its own zoom search; the catalogue has PyTorch's L-BFGS, whose 23 cases pass",
}
