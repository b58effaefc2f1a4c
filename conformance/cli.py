"""The `conformance` command: what there is to check, what a check means, and a run against a target."""

from __future__ import annotations

import click

from conformance.cli_checks import explain, list_command
from conformance.cli_corpus import corpus
from conformance.cli_coverage import coverage
from conformance.cli_diff import diff
from conformance.cli_mapping import mapping
from conformance.cli_prove import prove
from conformance.cli_run import run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Kiểm một hệ thống theo từng điều khoản của quy định. Checks a system, clause by clause.

    \b
    conformance list --regulation an-giang
    conformance explain authority/an-giang/new-person/use-before-effect
    conformance coverage --missing
    conformance run --target authority=http://127.0.0.1:8400/demo --regulation an-giang \\
        --credentials credentials.json --html report.html --junit report.xml
    conformance run --target token=/usr/lib/softhsm/libsofthsm2.so --regulation cao-bang \\
        --token-label "MY TOKEN" --tries 3 --destructive
    conformance run --target publisher=certificate.pem --regulation lai-chau
    conformance run --target "verifier=my-verify {file} {evidence} {at} {effect}" --regulation an-giang
    conformance diff old.json new.json
    conformance mapping new mapping.yaml
    conformance prove
    conformance corpus make --out corpus

    \b
    Mã thoát / exit codes: 0 đúng cả / all passed, 1 có điều sai / failures, 2 không chạy được / could not run.
    """


for command in (run, list_command, explain, coverage, diff, mapping, prove, corpus):
    main.add_command(command)
