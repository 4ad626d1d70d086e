"""The landscapes once more, as their sources write them: of real or complex coordinates, to be differentiated by step.

Each takes the coordinates `x` as rows `(D, R)` and the fields of the component as `p`. A kink takes the branch of the
real part.
"""

from typing import Any

import numpy as np

PI, E = np.pi, np.e
Array = np.ndarray


def size(z: Array) -> Array:
    """|z|, differentiable on either side of 0."""
    return np.where(z.real < 0, -z, z)


def radius(x: Array) -> Array:
    return np.sqrt((x * x).sum(axis=0))


def along(x: Array, p: Any) -> Array:
    """1 … D over D − 1, as a column."""
    return np.arange(len(x))[:, None] / (len(x) - 1)


def order(x: Array) -> Array:
    return np.arange(1, len(x) + 1)[:, None]


def turned(x: Array, degrees: float) -> Array:
    rotation = np.eye(len(x))
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    for k in range(len(x) - 1):
        plane = np.eye(len(x))
        plane[k : k + 2, k : k + 2] = [[c, -s], [s, c]]
        rotation = plane @ rotation
    return rotation @ x


def dixon_price(x: Array, p: Any) -> Array:
    return (x[0] - 1) ** 2 + (order(x)[1:] * (2 * x[1:] ** 2 - x[:-1]) ** 2).sum(axis=0)


def rosenbrock(x: Array, p: Any) -> Array:
    return (p.b * (x[1:] - x[:-1] ** 2) ** 2 + (p.a - x[:-1]) ** 2).sum(axis=0)


def goldstein_price(x: Array, p: Any) -> Array:
    x, y = x
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    return first * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))


def zakharov(x: Array, p: Any) -> Array:
    s = (0.5 * order(x) * x).sum(axis=0)
    return (x**2).sum(axis=0) + s**2 + s**4


def ackley(x: Array, p: Any) -> Array:
    return -20 * np.exp(-0.2 * np.sqrt((x**2).mean(axis=0))) - np.exp(np.cos(2 * PI * x).mean(axis=0)) + 20 + E


def levy(x: Array, p: Any) -> Array:
    w = 1 + (x - 1) / 4
    inner = ((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(PI * w[:-1] + 1) ** 2)).sum(axis=0)
    return np.sin(PI * w[0]) ** 2 + inner + (w[-1] - 1) ** 2 * (1 + np.sin(2 * PI * w[-1]) ** 2)


def levy_n13(x: Array, p: Any) -> Array:
    x, y = x
    last = (y - 1) ** 2 * (1 + np.sin(2 * PI * y) ** 2)
    return np.sin(3 * PI * x) ** 2 + (x - 1) ** 2 * (1 + np.sin(3 * PI * y) ** 2) + last


def cross_in_tray(x: Array, p: Any) -> Array:
    rise = np.exp(size(100 - radius(x) / PI))
    return -1e-4 * (size(np.sin(x[0]) * np.sin(x[1]) * rise) + 1) ** 0.1


def eggholder(x: Array, p: Any) -> Array:
    x, y = x
    return -(y + 47) * np.sin(np.sqrt(size(x / 2 + y + 47))) - x * np.sin(np.sqrt(size(x - (y + 47))))


def colville(x: Array, p: Any) -> Array:
    a, b, c, d = x
    f = 100 * (a**2 - b) ** 2 + (a - 1) ** 2 + (c - 1) ** 2 + 90 * (c**2 - d) ** 2
    return f + 10.1 * ((b - 1) ** 2 + (d - 1) ** 2) + 19.8 * (b - 1) * (d - 1)


def powell(x: Array, p: Any) -> Array:
    a, b, c, d = x
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def hartmann6(x: Array, p: Any) -> Array:
    wide = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
    at = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
          [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]  # fmt: skip
    rest = x[None] - 1e-4 * np.array(at)[:, :, None]
    return -np.array([1, 1.2, 3, 3.2]) @ np.exp(-(np.array(wide)[:, :, None] * rest**2).sum(axis=1))


def two_basins(x: Array, p: Any) -> Array:
    x, y = x
    sharp, flat = p.sharpness * ((x - 1) ** 2 + y**2) / 2, ((x + 1) ** 2 + y**2) / 2
    return sharp * flat / (sharp + flat)


FORMULAS = {
    "sphere": lambda x, p: (x**2).sum(axis=0),
    "ravine": lambda x, p: (x[0] ** 2 + p.condition * x[1] ** 2) / 2,
    "ellipse": lambda x, p: (p.condition ** along(x, p) * x**2).sum(axis=0),
    "rotated_ellipsoid": lambda x, p: (p.condition ** along(x, p) * turned(x, p.angle) ** 2).sum(axis=0),
    "sum_squares": lambda x, p: (order(x) * x**2).sum(axis=0),
    "cigar": lambda x, p: x[0] ** 2 + p.condition * (x[1:] ** 2).sum(axis=0),
    "discus": lambda x, p: p.condition * x[0] ** 2 + (x[1:] ** 2).sum(axis=0),
    "different_powers": lambda x, p: (size(x) ** (2 + 4 * along(x, p))).sum(axis=0),
    "matyas": lambda x, p: 0.26 * (x[0] ** 2 + x[1] ** 2) - 0.48 * x[0] * x[1],
    "booth": lambda x, p: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2,
    "zakharov": zakharov,
    "trid": lambda x, p: ((x - 1) ** 2).sum(axis=0) - (x[1:] * x[:-1]).sum(axis=0),
    "dixon_price": dixon_price,
    "rosenbrock": rosenbrock,
    "beale": lambda x, p: sum((c - x[0] + x[0] * x[1] ** k) ** 2 for k, c in enumerate((1.5, 2.25, 2.625), 1)),
    "himmelblau": lambda x, p: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    "three_hump_camel": lambda x, p: 2 * x[0] ** 2 - 1.05 * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1] + x[1] ** 2,
    "six_hump_camel": lambda x, p: (
        (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (4 * x[1] ** 2 - 4) * x[1] ** 2
    ),
    "goldstein_price": goldstein_price,
    "branin": lambda x, p: (
        (x[1] - 5.1 * x[0] ** 2 / (4 * PI**2) + 5 * x[0] / PI - 6) ** 2 + 10 * (1 - 1 / (8 * PI)) * np.cos(x[0]) + 10
    ),
    "mccormick": lambda x, p: np.sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - 1.5 * x[0] + 2.5 * x[1] + 1,
    "easom": lambda x, p: -np.cos(x[0]) * np.cos(x[1]) * np.exp(-((x[0] - PI) ** 2) - (x[1] - PI) ** 2),
    "styblinski_tang": lambda x, p: (x**4 - 16 * x**2 + 5 * x).sum(axis=0) / 2,
    "ackley": ackley,
    "rastrigin": lambda x, p: 10 * len(x) + (x**2 - 10 * np.cos(2 * PI * x)).sum(axis=0),
    "griewank": lambda x, p: 1 + (x**2).sum(axis=0) / 4000 - np.cos(x / np.sqrt(order(x))).prod(axis=0),
    "schwefel": lambda x, p: 418.9828872724338 * len(x) - (x * np.sin(np.sqrt(size(x)))).sum(axis=0),
    "levy": levy,
    "levy_n13": levy_n13,
    "michalewicz": lambda x, p: -(np.sin(x) * np.sin(order(x) * x**2 / PI) ** (2 * p.m)).sum(axis=0),
    "bohachevsky": lambda x, p: (
        x[0] ** 2 + 2 * x[1] ** 2 - 0.3 * np.cos(3 * PI * x[0]) - 0.4 * np.cos(4 * PI * x[1]) + 0.7
    ),
    "drop_wave": lambda x, p: -(1 + np.cos(12 * radius(x))) / (0.5 * (x * x).sum(axis=0) + 2),
    "salomon": lambda x, p: 1 - np.cos(2 * PI * radius(x)) + 0.1 * radius(x),
    "schaffer_n2": lambda x, p: (
        0.5 + (np.sin(x[0] ** 2 - x[1] ** 2) ** 2 - 0.5) / (1 + 0.001 * (x[0] ** 2 + x[1] ** 2)) ** 2
    ),
    "schaffer_n4": lambda x, p: (
        0.5 + (np.cos(np.sin(size(x[0] ** 2 - x[1] ** 2))) ** 2 - 0.5) / (1 + 0.001 * (x[0] ** 2 + x[1] ** 2)) ** 2
    ),
    "bukin_n6": lambda x, p: 100 * np.sqrt(size(x[1] - 0.01 * x[0] ** 2)) + 0.01 * size(x[0] + 10),
    "cross_in_tray": cross_in_tray,
    "holder_table": lambda x, p: -size(np.sin(x[0]) * np.cos(x[1]) * np.exp(size(1 - radius(x) / PI))),
    "eggholder": eggholder,
    "colville": colville,
    "powell": powell,
    "hartmann6": hartmann6,
    "double_well": lambda x, p: x[0] ** 4 / 4 - x[0] ** 2 / 2 + x[1] ** 2 / 2,
    "saddle": lambda x, p: x[0] ** 2 - x[1] ** 2,
    "monkey_saddle": lambda x, p: x[0] ** 3 - 3 * x[0] * x[1] ** 2,
    "degenerate_valley": lambda x, p: (x[0] * x[1] - 1) ** 2,
    "plateau_and_cliff": lambda x, p: (
        p.height / 2 * (2 + np.tanh(p.steepness * (x[0] - 1)) - np.tanh(p.steepness * (x[0] + 1))) + x[1] ** 2 / 2
    ),
    "two_basins": two_basins,
}

STATED = {
    "trid": (-2.0, -7.0, -50.0), "six_hump_camel": -1.0316284535, "goldstein_price": 3.0, "branin": 0.39788735773,
    "mccormick": -1.913222955, "easom": -1.0, "styblinski_tang": (-78.3323314, -117.49849710, -234.9969942),
    "michalewicz": (-1.801303410, -2.7603946847, -5.6876581791), "drop_wave": -1.0, "schaffer_n4": 0.292578632,
    "cross_in_tray": -2.0626118708, "holder_table": -19.20850257, "eggholder": -959.6406627, "hartmann6": -3.3223680114,
    "double_well": -0.25, "plateau_and_cliff": 2 * (1 - np.tanh(4)),
}  # fmt: skip
"""The value at the minima, of 2, 3 and 6 dimensions where it changes with them; 0 for all others."""
