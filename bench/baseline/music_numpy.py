"""MUSIC over 180 directions x 24 ranges of nine antennas, and a pair of spectra, in NumPy: milliseconds each."""

import time

import numpy as np

rng = np.random.default_rng(1)
X = np.arange(9) / 2 - 2
THETA = np.radians(np.arange(180) + 0.5)[:, None, None]
RANGES = (2 * 3 ** (np.arange(24) / 23))[None, :, None]


def steering(x, exact):
    if exact:
        d = np.sqrt(RANGES**2 + x**2 - 2 * RANGES * x * np.cos(THETA)) - RANGES
    else:
        d = -x * np.cos(THETA) + x**2 * np.sin(THETA) ** 2 / (2 * RANGES)
    return np.exp(-2j * np.pi * d).reshape(-1, len(x)).T.copy()


def draw(snapshots=200):
    theta, r, snr = rng.uniform(20, 160, 3), rng.uniform(2, 6, 3), 10 ** (rng.uniform(0, 5) / 20)
    d = np.sqrt(r**2 + X[:, None] ** 2 - 2 * r * X[:, None] * np.cos(np.radians(theta))) - r
    a = snr * np.exp(-2j * np.pi * d)
    normal = lambda *shape: (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)
    y = a @ normal(3, snapshots) + normal(9, snapshots)
    return y @ y.conj().T / snapshots


def noise(covariance):
    return np.linalg.eigh(covariance)[1][:, :-3].conj().T.copy()


def scan(projector, vectors):
    power = 1 / (np.abs(projector @ vectors) ** 2).sum(0)
    db = 10 * np.log10(power.reshape(180, -1).max(1))
    return np.maximum(0, 1 + (db - db.max()) / 30)


ALL, ODD, MIDDLE = steering(X, True), steering(X[::2], False), steering(X[2:7], False)
projectors = [noise(draw()) for _ in range(200)]


def milliseconds(run, times):
    run(0)
    start = time.process_time()
    for k in range(times):
        run(k)
    return 1e3 * (time.process_time() - start) / times


def pair(_):
    covariance = draw()
    scan(noise(covariance[::2, ::2]), ODD)
    scan(noise(covariance[2:7, 2:7]), MIDDLE)


print(f"{milliseconds(lambda k: scan(projectors[k % 200], ALL), 400):.4f} {milliseconds(pair, 400):.4f}")
