"""Keras' classes as optimizers of the catalogue.

Its weight decay is decoupled and comes before the step; clipnorm is per variable, and clipping adds nothing to norms.
"""


def pipeline(options, decay=True):
    """The clipping, and the decay unless the optimizer has it inside."""
    given = {"decay": "weight_decay" if decay else None, "clip_value": "clipvalue", "clip_layer": "clipnorm"}
    given["clip_norm"] = "global_clipnorm"
    return {"clip_eps": 0.0, **{ours: options[theirs] for ours, theirs in given.items() if options.get(theirs)}}


def finish(optimizer, options, *, decay=True):
    """The tables of an optimizer with what every Keras class can do around it."""
    tables = [optimizer, pipeline(options, decay)]
    if options["gradient_accumulation_steps"]:
        every = options["gradient_accumulation_steps"]
        tables[0] = {"name": "accumulate", "inner": optimizer, "every": every}
    if options["use_ema"]:
        overwrite = options["ema_overwrite_frequency"] or 0
        tables.append({"average": "ema", "beta": options["ema_momentum"], "overwrite": overwrite})
    return tables


def moments(name, options, **fields):
    """The table of a kin of Adam."""
    own = {"lr": options["learning_rate"], "beta1": options["beta_1"], "beta2": options["beta_2"]}
    return {"name": name, **own, "eps": options["epsilon"], **fields}


def sgd(options, case):
    if not options["momentum"]:
        return finish({"name": "sgd", "lr": options["learning_rate"]}, options)
    fields = {"lr": options["learning_rate"], "momentum": options["momentum"], "nesterov": options["nesterov"]}
    return finish({"name": "momentum", **fields, "form": "velocity"}, options)


def rmsprop(options, case):
    fields = {"lr": options["learning_rate"], "alpha": options["rho"], "eps": options["epsilon"]}
    fields |= {"momentum": options["momentum"], "centered": options["centered"]}
    return finish({"name": "rmsprop", **fields, "eps_place": "inside", "lr_place": "inside"}, options)


def nadam(options, case):
    return finish(moments("nadam", options, momentum_decay=1.0), options)


def adadelta(options, case):
    fields = {"lr": options["learning_rate"], "rho": options["rho"], "eps": options["epsilon"]}
    return finish({"name": "adadelta", **fields}, options)


def ftrl(options, case):
    fields = {"lr": options["learning_rate"], "power": options["learning_rate_power"], "beta": options["beta"]}
    fields |= {"initial": options["initial_accumulator_value"], "l1": options["l1_regularization_strength"]}
    fields |= {"l2": options["l2_regularization_strength"]}
    fields |= {"shrinkage": options["l2_shrinkage_regularization_strength"]}
    return finish({"name": "ftrl", **fields}, options)


def adagrad(options, case):
    fields = {"lr": options["learning_rate"], "initial": options["initial_accumulator_value"]}
    return finish({"name": "adagrad", **fields, "eps": options["epsilon"], "eps_place": "inside"}, options)


def adam(options, case):
    return finish(moments("amsgrad" if options["amsgrad"] else "adam", options, eps_hat=True), options)


def adamw(options, case):
    if options["amsgrad"]:
        return adam(options, case)
    table = moments("adamw", options, eps_hat=True, weight_decay=options["weight_decay"])
    return finish(table, options, decay=False)


def adamax(options, case):
    return finish(moments("adamax", options, eps_place="outside"), options)


def adafactor(options, case):
    fields = {"lr": options["learning_rate"], "decay": options["beta_2_decay"], "clip": options["clip_threshold"]}
    return finish({"name": "adafactor", **fields, "eps1": options["epsilon_1"], "eps2": options["epsilon_2"]}, options)


def muon(options, case):
    lr, rate = options["learning_rate"], options["rms_rate"]
    betas = {"beta1": options["adam_beta_1"], "beta2": options["adam_beta_2"]}
    decay = options["adam_weight_decay"]
    rest = {"name": "adamw", "lr": lr * options["adam_lr_ratio"], **betas, "weight_decay": decay, "eps_hat": True}
    fields = {"lr": lr, "momentum": options["momentum"], "nesterov": options["nesterov"], "form": "sum"}
    fields |= {"weight_decay": options["weight_decay"], "iterations": options["ns_steps"], "eps_place": "added"}
    fields |= {"polynomial": [options["muon_a"], options["muon_b"], options["muon_c"]]}
    fields |= {"scale": "none"} if rate is None else {"scale": "rms", "rms": rate}
    return finish({"name": "muon", **fields, "rest": {**rest, "eps": options["epsilon"]}}, options, decay=False)


MAPS = {
    "keras.optimizers.SGD": sgd,
    "keras.optimizers.RMSprop": rmsprop,
    "keras.optimizers.Nadam": nadam,
    "keras.optimizers.Adadelta": adadelta,
    "keras.optimizers.Ftrl": ftrl,
    "keras.optimizers.Adagrad": adagrad,
    "keras.optimizers.Adam": adam,
    "keras.optimizers.AdamW": adamw,
    "keras.optimizers.Adamax": adamax,
    "keras.optimizers.Adafactor": adafactor,
    "keras.optimizers.Muon": muon,
}
LEFT_OUT = {}
