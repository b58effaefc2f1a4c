"""A proof as people read it: what was proven, how full the matrix is, and what is left."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.table import Table

from conformance.mutants.proof import Proof

MOST_NAMED = 3
"""Checks of a mutant that are named; the rest are counted."""


def show(console: Console, proof: Proof) -> None:
    """Print which mutants were caught by which checks, then the figures and everything that is not proven."""
    console.print(_matrix(proof))
    for check, said in proof.unsound.items():
        console.print(
            f"SAI VỚI BẢN ĐÚNG · fails against the mock as it should be: {check}: {said}", markup=False, soft_wrap=True
        )
    for check in proof.unproven:
        console.print(f"CHƯA CHỨNG MINH · no mutant fails it: {check}", markup=False, soft_wrap=True)
    for check, mutant in proof.missed:
        console.print(f"BỎ SÓT · {check} does not catch {mutant}", markup=False, soft_wrap=True)
    for mutant in proof.alive:
        console.print(f"LỖI LỌT LƯỚI · no check catches it: {mutant}", markup=False, soft_wrap=True)
    console.print(
        f"{len(proof.checks)} phép kiểm / checks, {len(proof.mutants)} lỗi cố ý / mutants, "
        f"{len(proof.kills)} lần bắt được / kills (mật độ / density {proof.density:.2%}); "
        f"{len(proof.unproven)} chưa chứng minh / unproven, {len(proof.missed)} bỏ sót / missed, "
        f"{len(proof.alive)} lọt lưới / alive, {len(proof.unsound)} sai với bản đúng / unsound",
        soft_wrap=True,
    )


def _matrix(proof: Proof) -> Table:
    caught: defaultdict[str, list[str]] = defaultdict(list)
    for check, mutant in proof.kills:
        caught[mutant].append(check)
    table = Table(box=None, pad_edge=False)
    table.add_column("lỗi cố ý · mutant", no_wrap=True)
    table.add_column("bị bắt bởi · caught by", overflow="fold")
    for mutant in proof.mutants:
        checks = caught[mutant]
        more = f" +{len(checks) - MOST_NAMED}" if len(checks) > MOST_NAMED else ""
        table.add_row(mutant, ", ".join(checks[:MOST_NAMED]) + more or "–")
    return table
