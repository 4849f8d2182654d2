"""Updates of SAC and of a diffusion policy in PyTorch, one thread, as `bench/learners.ts` makes them.

Prints one JSON object: milliseconds per update by setting. Networks, batch, losses and optimisers are those of
packages/learn/src/{sac,diffusion}: two critics of (state, action), one-step episodes (no bootstrap), Adam.
"""

import json
import math
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
STATE, ACTION, BATCH = 11, 4, 256


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.Mish(), nn.Linear(hidden, hidden), nn.Mish(), nn.Linear(hidden, outputs)
    )


class Critics(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.first = mlp(STATE + ACTION, hidden, 1)
        self.second = mlp(STATE + ACTION, hidden, 1)

    def forward(self, state: torch.Tensor, action: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        row = torch.cat([state, action], 1)
        return self.first(row), self.second(row)


def critic_step(critics: Critics, targets: Critics, optimiser: torch.optim.Adam, batch: tuple) -> None:
    state, action, reward = batch
    first, second = critics(state, action)
    loss = 0.5 * ((first - reward) ** 2).mean() + 0.5 * ((second - reward) ** 2).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    with torch.no_grad():
        for own, target in zip(critics.parameters(), targets.parameters()):
            target.lerp_(own, 0.005)


def timed(update, times: int) -> float:
    for _ in range(max(3, times // 5)):
        update()
    start = time.process_time()
    for _ in range(times):
        update()
    return 1e3 * (time.process_time() - start) / times


def batch() -> tuple:
    return torch.randn(BATCH, STATE), torch.rand(BATCH, ACTION) * 2 - 1, torch.randn(BATCH, 1)


def sac(hidden: int) -> float:
    actor, critics, targets = mlp(STATE, hidden, 2 * ACTION), Critics(hidden), Critics(hidden)
    by_actor = torch.optim.Adam(actor.parameters(), 1e-3)
    by_critics = torch.optim.Adam(critics.parameters(), 1e-3)
    log_alpha = torch.zeros(1, requires_grad=True)
    by_alpha = torch.optim.Adam([log_alpha], 1e-3)
    given = batch()

    def update() -> None:
        critic_step(critics, targets, by_critics, given)
        mean, log_std = actor(given[0]).chunk(2, 1)
        log_std = log_std.clamp(-20, 2)
        noise = torch.randn_like(mean)
        raw = mean + log_std.exp() * noise
        action = torch.tanh(raw)
        density = (-0.5 * noise**2 - log_std - 0.9189385 - 2 * (math.log(2) - raw - nn.functional.softplus(-2 * raw))).sum(1)
        q = torch.min(*critics(given[0], action)).squeeze(1)
        loss = (log_alpha.exp().detach() * density - q).mean()
        by_actor.zero_grad()
        loss.backward()
        by_actor.step()
        temperature = -(log_alpha * (density.detach() - ACTION).mean())
        by_alpha.zero_grad()
        temperature.backward()
        by_alpha.step()

    return timed(update, 100)


def diffusion(hidden: int, steps: int) -> float:
    network, critics, targets = mlp(ACTION + 16 + STATE, hidden, ACTION), Critics(hidden), Critics(hidden)
    by_actor = torch.optim.Adam(network.parameters(), 1e-3)
    by_critics = torch.optim.Adam(critics.parameters(), 1e-3)
    index = torch.arange(1, steps + 1, dtype=torch.float64)
    alpha = torch.exp(-0.1 / steps - 4.95 * (2 * index - 1) / steps**2)
    bar = torch.cumprod(alpha, 0)
    before = torch.cat([torch.ones(1, dtype=torch.float64), bar[:-1]])
    beta = 1 - alpha
    c1 = (before.sqrt() * beta / (1 - bar)).float()
    c2 = (alpha.sqrt() * (1 - before) / (1 - bar)).float()
    sigma = (beta * (1 - before) / (1 - bar)).sqrt().float()
    frequencies = torch.exp(-math.log(10000) * torch.arange(8) / 7)
    embedding = [torch.cat([torch.sin(k * frequencies), torch.cos(k * frequencies)]).expand(BATCH, 16) for k in range(steps)]
    given = batch()

    def update() -> None:
        critic_step(critics, targets, by_critics, given)
        x = torch.randn(BATCH, ACTION)
        for k in reversed(range(steps)):
            clean = torch.tanh(network(torch.cat([x, embedding[k], given[0]], 1)))
            x = c1[k] * clean + c2[k] * x
            if k > 0:
                x = x + sigma[k] * torch.randn_like(x)
        loss = -torch.min(*critics(given[0], x)).mean()
        by_actor.zero_grad()
        loss.backward()
        by_actor.step()

    return timed(update, 40)


def raw(hidden: int) -> float:
    network = nn.Sequential(
        nn.Linear(40, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 8)
    )
    rows = torch.randn(BATCH, 40)

    def update() -> None:
        network.zero_grad()
        network(rows).sum().backward()

    return timed(update, 200)


json.dump(
    {
        "torch": torch.__version__,
        **{f"sac {h}": sac(h) for h in (64, 128, 256)},
        **{f"diffusion {h}": diffusion(h, 10) for h in (64, 128, 256)},
        **{f"network {h}": raw(h) for h in (64, 128, 256)},
    },
    sys.stdout,
)
