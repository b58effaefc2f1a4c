"""Documents are fetched, signed, and handed to the upload handler."""

from __future__ import annotations

from conformance.suites.agent.bench import Bench, Failed, expect_signed
from conformance.suites.agent.marking import check
from conformance.targets.agent import STORED
from scenarios import Importance


@check(Importance.BLOCKER)
def signs_and_hands_over(bench: Bench) -> None:
    """SignApproved tải tệp, ký, gửi về trong phần uploadfile với tên cũ; chữ ký đúng.

    SignApproved fetches the file, signs it, and posts it as the part uploadfile under its name; the signature holds.
    """
    bench.expect_done("SignApproved", bench.request())
    upload = bench.uploaded()
    if upload.part != "uploadfile":
        raise Failed("the file in the part uploadfile", upload.part)
    if upload.file_name != "79.pdf":
        raise Failed("the file's own name 79.pdf", upload.file_name)
    expect_signed(upload.content, 1)


@check(Importance.BLOCKER)
def passes_file_server_on(bench: Bench) -> None:
    """FileServer trong trả lời đúng là điều máy chủ đã nói, nguyên văn.

    FileServer in the reply is what the handler said, letter by letter.
    """
    reply = bench.expect_done("SignApproved", bench.request())
    if reply.get("FileServer") != STORED["FileServer"]:
        raise Failed(f"FileServer {STORED['FileServer']!r}", repr(reply.get("FileServer"))[:200])


@check()
def forwards_metadata(bench: Bench) -> None:
    """Mỗi MetaData thành một tham số của lần gửi.

    Each of MetaData becomes a parameter of the upload.
    """
    bench.expect_done("SignApproved", bench.request(MetaData=[{"Key": "token", "Value": "một lần"}]))
    found = bench.uploaded().parameters
    if found.get("token") != "một lần":
        raise Failed(
            "the parameter token=một lần", ", ".join(f"{key}={value}" for key, value in found.items()) or "none"
        )


@check(Importance.BLOCKER)
def keeps_earlier_signatures(bench: Bench) -> None:
    """Ký phát hành sau ký duyệt: chữ ký trước còn nguyên, và vẫn đúng.

    Signed as issued after it was approved, a document has both signatures, and both hold.
    """
    bench.expect_done("SignApproved", bench.request())
    bench.system.files["/79.pdf"] = bench.uploaded().content
    bench.system.uploads.clear()
    bench.expect_done("SignIssued", bench.request(DocNumber="79", IssuedDate=""))
    expect_signed(bench.uploaded().content, 2)


@check()
def signs_several_files(bench: Bench) -> None:
    """SignFiles ký từng tệp, và trả lời cho từng tệp theo FileID.

    SignFiles signs each file, and answers for each by its FileID.
    """
    files = [{"FileID": one, "FileName": f"{one}.pdf", "URL": f"{bench.system.url}/79.pdf"} for one in ("a", "b")]
    reply = bench.expect_done("SignFiles", {"FileUploadHandler": f"{bench.system.url}/upload", "Files": files})
    told = reply.get("Files")
    found = [(one.get("FileID"), one.get("Status")) for one in told] if isinstance(told, list) else told
    if found != [("a", 0), ("b", 0)]:
        raise Failed("Status 0 for the files a and b", str(found)[:200])
    for upload in bench.system.uploads:
        expect_signed(upload.content, 1)
