"""The proof of all checks: mocks are started, the work is dealt out to them, and what they find is put together."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import scenarios
from conformance.catalogue import agent_checks, publisher_checks, signer_checks, verifier_checks
from conformance.checks import AGENT, AUTHORITY, KINDS, PUBLISHER, SIGNER, TOKEN, VERIFIER
from conformance.mutants.authority import Progress, prove_mutant, prove_scenario
from conformance.mutants.declared import Declared, declared
from conformance.mutants.mock import Mock, running
from conformance.mutants.proof import Proof, together
from conformance.mutants.publisher import led_and_looked_at, prove_led, prove_looked_at, prove_sound
from conformance.mutants.token import prove_tokens
from conformance.suites.token import CHECKS
from scenarios import Scenario

Work = Callable[[Mock], Proof]
RESET, OF_TOKENS, OF_PUBLISHERS, OF_VERIFIERS, OF_AGENTS, OF_SIGNERS = 10, 300, 1700, 700, 100, 500
"""What emptying a sandbox, and proving each other kind of target, costs in steps of a scenario."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to prove."""

    stories: tuple[Scenario, ...]
    """Every check of these, by the families' mutants; the longest first, lest one of those be left to the end."""
    mutants: tuple[Declared, ...]
    """Of whoever runs the workflow, those with names."""
    tokens: bool
    """Whether the checks of tokens are to be proven."""
    publishers: bool = False
    """Whether those of publishers are."""
    verifiers: bool = False
    """Whether those of verifiers are."""
    agents: bool = False
    """Whether those of signing agents are."""
    signers: bool = False
    """Whether those of signers are."""

    @property
    def size(self) -> int:
        """How often progress is told."""
        of_tokens = len(declared(TOKEN)) + len(CHECKS) if self.tokens else 0
        of_publishers = len(declared(PUBLISHER)) + len(publisher_checks()) if self.publishers else 0
        of_verifiers = len(declared(VERIFIER)) + len(verifier_checks()) if self.verifiers else 0
        of_authority = sum(len(story.steps) for story in self.stories) + len(self.mutants)
        of_agents = len(declared(AGENT)) + len(agent_checks()) if self.agents else 0
        of_signers = len(declared(SIGNER)) + len(signer_checks()) if self.signers else 0
        return of_authority + of_tokens + of_publishers + of_verifiers + of_agents + of_signers

    def share(self, number: int, of: int) -> Plan:
        """One of `of` shares of about the same weight, counted from 1; together they are all of it."""
        pieces = [
            *((2 * len(story.steps), story.id) for story in self.stories),
            *((_weight(mutant), mutant.name) for mutant in self.mutants),
            *([(OF_TOKENS, TOKEN)] if self.tokens else []),
            *([(OF_PUBLISHERS, PUBLISHER)] if self.publishers else []),
            *([(OF_VERIFIERS, VERIFIER)] if self.verifiers else []),
            *([(OF_AGENTS, AGENT)] if self.agents else []),
            *([(OF_SIGNERS, SIGNER)] if self.signers else []),
        ]
        weights, chosen = [0] * of, set[str]()
        for weight, name in sorted(pieces, reverse=True):
            lightest = weights.index(min(weights))
            weights[lightest] += weight
            if lightest == number - 1:
                chosen.add(name)
        return Plan(
            tuple(story for story in self.stories if story.id in chosen),
            tuple(mutant for mutant in self.mutants if mutant.name in chosen),
            TOKEN in chosen,
            PUBLISHER in chosen,
            VERIFIER in chosen,
            AGENT in chosen,
            SIGNER in chosen,
        )

    def work(self, seed: str, done: Progress, *, quick: bool) -> Iterator[Work]:
        """One piece for each scenario, mutant and other kind of target, some for publishers."""
        if self.tokens:
            yield lambda _: prove_tokens(done)
        if self.verifiers:
            yield lambda _: _prove_verifiers(done, seed)
        if self.agents:
            yield lambda _: _prove_agents(done)
        if self.signers:
            yield lambda _: _prove_signers(done, seed)
        for story in self.stories:
            yield partial(prove_scenario, scenario=story, seed=seed, done=done)
        # What follows leaves traces, and begins with a reset; the stories do not.
        led, lots = led_and_looked_at() if self.publishers else ((), ())
        if self.publishers:
            yield partial(prove_sound, seed=seed, done=done)
        for lot in lots:
            yield partial(prove_looked_at, mutants=lot, seed=seed, done=done)
        for mutant in self.mutants:
            yield partial(prove_mutant, mutant=mutant, seed=seed, done=done, quick=quick)
        for mutant in led:
            yield partial(prove_led, mutant=mutant, seed=seed, done=done)


def _weight(mutant: Declared) -> int:
    return RESET + sum(len(scenarios.load(play).steps) for play in mutant.plays)


def _prove_verifiers(done: Progress, seed: str) -> Proof:
    # What makes and checks documents takes seconds to import.
    from conformance.mutants.verifier import prove_verifiers

    return prove_verifiers(done, seed)


def _prove_agents(done: Progress) -> Proof:
    from conformance.mutants.agent import prove_agents

    return prove_agents(done)


def _prove_signers(done: Progress, seed: str) -> Proof:
    from conformance.mutants.signer import prove_signers

    return prove_signers(done, seed)


def plan(regulations: frozenset[str] = frozenset(), kinds: frozenset[str] = frozenset(KINDS)) -> Plan:
    """The plan for the checks of these kinds of target, and of these regulations, of all where none is given."""

    def meant(scenario: str) -> bool:
        return AUTHORITY in kinds and (not regulations or scenario.partition("/")[0] in regulations)

    stories = map(scenarios.load, filter(meant, scenarios.available()))
    mutants = (one for one in declared(AUTHORITY).values() if all(map(meant, one.plays)))
    longest_first = tuple(sorted(stories, key=lambda story: -len(story.steps)))
    named = (kind in kinds for kind in (TOKEN, PUBLISHER, VERIFIER, AGENT, SIGNER))
    return Plan(longest_first, tuple(mutants), *named)


def prove(
    command: str, whole: Plan, *, workers: int, seed: str, done: Progress = lambda _: None, quick: bool = False
) -> Proof:
    """Carry the plan out with `workers` mocks side by side; a scenario under a named mutant to its first catch, if
    `quick`.

    `command` is that of the mock, e.g. `mockca`. BadTarget where one does not start. `done` is told each check's id
    and each mutant's name when it has had its turn, from any thread.
    """
    mocks: queue.SimpleQueue[Mock] = queue.SimpleQueue()

    def do(work: Work) -> Proof:
        mock = mocks.get()
        try:
            return work(mock)
        finally:
            mocks.put(mock)

    with contextlib.ExitStack() as stack, ThreadPoolExecutor(workers) as pool:
        for mock in pool.map(lambda _: stack.enter_context(running(command)), range(workers)):
            mocks.put(mock)
        return together(pool.map(do, whole.work(seed, done, quick=quick)))
