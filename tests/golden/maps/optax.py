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


MAPS = {
    "optax.lion": plain("lion"),
    "optax.yogi": plain("yogi"),
    "optax.adabelief": plain("adabelief"),
    "optax.lamb": plain("lamb"),
    "optax.lars": plain("lars", renamed=[("trust_coefficient", "trust")]),
    "optax.adan": plain("adan", ahead="1 - beta2"),
    "optax.novograd": plain("novograd"),
    "optax.sm3": plain("sm3"),
    "optax.fromage": plain("fromage", renamed=[("min_norm", "floor")]),
    "optax.optimistic_gradient_descent": plain("optimistic_gd"),
    "optax.optimistic_adam_v2": plain("optimistic_adam"),
    "optax.polyak_sgd": plain("polyak", renamed=[("max_learning_rate", "lr")]),
    "optax.sign_sgd": plain("signsgd"),
    "optax.signum": plain("signum"),
    "keras.optimizers.Lion": keras("lion"),
    "keras.optimizers.Lamb": keras("lamb", decay="before"),
}
LEFT_OUT = {}
