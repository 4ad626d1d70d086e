"""The newer methods of optax and optax.contrib, and Keras' own of the same names, as optimizers of the catalogue."""

OURS = {"b1": "beta1", "b2": "beta2", "b3": "beta3", "learning_rate": "lr"}


def plain(name, pipeline=(), renamed=(), **fields):
    """A map whose options are our fields under optax' names; `pipeline` and `renamed` are pairs (theirs, ours)."""
    names, outside = {**OURS, **dict(renamed)}, dict(pipeline)

    def table(options, case):
        own = {names.get(key, key): value for key, value in options.items() if key not in outside}
        return {"name": name, **own, **fields}, {ours: options[key] or 0.0 for key, ours in outside.items()}

    return table


def keras(name, **fields):
    """The same for Keras, whose weight decay comes before the step, beside the rule."""

    def table(options, case):
        names = {
            "learning_rate": "lr",
            "beta_1": "beta1",
            "beta_2": "beta2",
            "epsilon": "eps",
            "warmup_steps": "warmup",
        }
        own = {ours: options[key] for key, ours in names.items() if key in options}
        return {"name": name, **own, "weight_decay": options["weight_decay"] or 0.0, **fields}, {}

    return table


def prodigy(options, case):
    table = {**options, "estim_lr0": options["estim_lr0"]}
    beta1, beta2 = table.pop("betas")
    assert table.pop("beta3", None) is None
    renamed = {"learning_rate": "lr", "estim_lr0": "d0", "estim_lr_coef": "coefficient", "safeguard_warmup": "safe"}
    name = "prodigy" if "estim_lr_coef" in table else "dadapt_adamw"
    return {"name": name, "beta1": beta1, "beta2": beta2, **{renamed.get(k, k): v for k, v in table.items()}}, {}


def schedule_free(name, beta):
    def table(options, case):
        names = {"learning_rate": "lr", "b1": beta, "b2": "beta2", "weight_lr_power": "power", "warmup_steps": "warmup"}
        return {"name": name, **{names.get(key, key): value or 0 for key, value in options.items()}, "late": True}, {}

    return table


def keras_schedule_free(options, case):
    table, _ = keras("schedule_free_adamw", weighting="equal")(options, case)
    return {**table, "weight_decay": 0.0}, {"decay": options["weight_decay"] or 0.0}


def polyak(options, case):
    table, pipeline = plain("polyak", renamed=[("max_learning_rate", "lr")])(options, case)
    return {**table, "variant": {"sps": "sps", "sps+": "sps_plus"}[options["variant"]]}, pipeline


def dog(options, case):
    start, first = options["init_step"]
    table = {"name": "dog", "lr": options["learning_rate"], "first": first, "start": start, "eps": options["eps"]}
    return table, {"l2": options["weight_decay"] or 0.0}


def dowg(options, case):
    first = options["init_estim_sq_dist"] or options["eps"]
    return {"name": "dowg", "lr": options["learning_rate"], "first": first, "eps": options["eps"]}, {}


def sgd(options, momentum=0.0):
    if not momentum:
        return {"name": "sgd", "lr": options["learning_rate"]}
    return {"name": "momentum", "lr": options["learning_rate"], "momentum": momentum}


def mechanic(options, case):
    return {"name": "mechanic", "inner": sgd(options, options["momentum"])}, {}


def clip_by_global_norm(options, case):
    return sgd(options, options["momentum"]), {"clip_norm": options["max_norm"], "clip_eps": 0.0}


def adaptive_grad_clip(options, case):
    return sgd(options), {"clip_adaptive": options["clipping"], "clip_floor": options["eps"]}


def centralize(options, case):
    return sgd(options, options["momentum"]), {"centralize": "outputs"}


LOWEST = [("lower_bound", "f_min"), ("adapt_lower_bound", "adapt"), ("weight_decay", "decay")]

MAPS = {
    "optax.lion": plain("lion"),
    "optax.yogi": plain("yogi"),
    "optax.adabelief": plain("adabelief"),
    "optax.lamb": plain("lamb"),
    "optax.lars": plain("lars", renamed=[("trust_coefficient", "trust")]),
    "optax.adan": plain("adan", ahead="optax"),
    "optax.novograd": plain("novograd"),
    "optax.sm3": plain("sm3"),
    "optax.fromage": plain("fromage", renamed=[("min_norm", "floor")]),
    "optax.optimistic_gradient_descent": plain("optimistic_gd"),
    "optax.optimistic_adam_v2": plain("optimistic_adam"),
    "optax.polyak_sgd": polyak,
    "optax.sign_sgd": plain("signsgd"),
    "optax.signum": plain("signum"),
    "optax.contrib.schedule_free_sgd": schedule_free("schedule_free_sgd", "beta"),
    "optax.contrib.schedule_free_adamw": schedule_free("schedule_free_adamw", "beta1"),
    "optax.contrib.prodigy": prodigy,
    "optax.contrib.dadapt_adamw": prodigy,
    "optax.contrib.ademamix": plain("ademamix"),
    "optax.contrib.simplified_ademamix": plain("simplified_ademamix"),
    "optax.contrib.adopt": plain("adopt", renamed=[("use_clipping", "clips")]),
    "optax.contrib.madgrad": plain("madgrad", [("weight_decay", "l2")]),
    "optax.contrib.momo": plain("momo", renamed=LOWEST),
    "optax.contrib.momo_adam": plain("momo_adam", renamed=LOWEST),
    "optax.contrib.dog": dog,
    "optax.contrib.dowg": dowg,
    "optax.contrib.cocob": plain("cocob"),
    "optax.contrib.acprop": plain("acprop"),
    "optax.contrib.sophia": plain("sophia", renamed=[("clip_threshold", "clip"), ("update_interval", "every")]),
    "optax.contrib.mechanize(optax.sgd(learning_rate, momentum))": mechanic,
    "optax.chain(optax.clip_by_global_norm(max_norm), optax.sgd(learning_rate, momentum))": clip_by_global_norm,
    "optax.chain(optax.adaptive_grad_clip(clipping, eps), optax.sgd(learning_rate))": adaptive_grad_clip,
    "optax.chain(optax.centralize(), optax.sgd(learning_rate, momentum))": centralize,
    "keras.optimizers.ScheduleFreeAdamW": keras_schedule_free,
    "keras.optimizers.Lion": keras("lion"),
    "keras.optimizers.Lamb": keras("lamb", decay="before"),
}
LEFT_OUT = {"optax.lbfgs": "its zoom line search is not the one here; the values are called informative"}
