"""An old Word document for tests, and programs that stand for LibreOffice."""

from __future__ import annotations

import io
import lzma
import zipfile
from base64 import b85decode
from pathlib import Path

LETTER = lzma.decompress(
    b85decode(
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;3NM8zg+-mGrk;#Fn3_|q=YHL-"
        "W+x(g7T4u+=$92y6?W*#s1$Y|6@ZSfQ3MUD>BRRg-WROuZTSRwY6lH==O)AeRtYRs&y{(qnSJCzV`n1kDW38"
        "pBf4`iUVzDc5n!iRi$x#RPrJ5Q&Pd@O+)N5s2wF&c&O*O4Yp$9qHoViww3BL4wBLn^0t0(45P_ZA=2xK0d?}"
        "@$B?qOY|;y~zk=@;jtKvxL7^T7>x%0jWPRnv7yoiP2MP=M&D;!!R5)RHJopp>u8@fsv4N8u2Zt`tTY+a`^%6"
        "bJiYPj@xGU#(m<r#&$F=ZhZ*CSWUH;&lG;~l7dHA}PsN|Udp4kJ89>_zJlAm8?1zcliHdV}@3^onqN{73^qy"
        "5O0yP}Dt3hv<_s;?8-"
        "u}&UC_Grsyy*5$93XXl_MZep^E=MKW;lDwb6&aeW(ssSGbyCWat)D|j+GJkU{I)`#jQ(&u3(8b5N|PUxLfe!"
        "Z3q@zjO)FZYH+<Z;l<DF7z3Qm{lDC_`gRaJY<F=ixr){b1XCnPZ;+XiwpV}MO%Ztl60-"
        "ZnzX~zZp$pZzptXw`5RhNtK5~3lC6H-"
        "yjeMPvR{PN0ttGPpslU(E5ZG!iEOmWTS^X4}TsjB%k*CfiXQq(YP9orstY~DE0u>!u6nV$%!u}(x?k@!A0si"
        "<muLs-"
        "`j*5CZghex90xN{Cu1?`b=6Snmyx3ft{pY1%C2}~SWR&Ig_VoqoU0rwDZYiLEJ5M5~*D^XP)syC*v+fDT#tv"
        "ymHW?W~R2M{+k$oPEcGlF>eB|U18Q6wbZwHX-_)a{yWPkttIf{)5aFQMEjc9x3TcA4!`5GpLCVu$ZQ24!-"
        "iaH=RR#+rOWGk4BIhMSewlTfG}&$ulmvCK0<*bFvW@;QX4QW!i+R=$}WqVfgwm*lSQ(L*wRO6!36H0}-"
        "F1v3$!gESnq<Un0Y^d;v#C!+(;<Bu41eke>^&5}RvtsT0_bpp)fU3j?90}tUc2pB^E^cm1zqbAwbkBNy=mMr"
        "TMp&wniKJyB-"
        "i%@HEB!<*pppz@IV}&w+7EOL5Z3GfQhBRf@*=2TWcmE`C47)va>Z|4rqk!PG=4FEW@X+mOzsE4QPv3aZv^2R"
        "3h8H^55I~9)FywOtgC?LiF{-n1&`Lq$w5XN6|9vFv2j;t~roT5YAl~V*i-"
        "$9EHqx!{#?zh|<$7+2ChGRRH7QzKhe(135k5!!6--{Gb*2ZfK;I*wY-"
        "&OkyPOAOzjsp@p)%!eCF!^}$&;`2`W7INnSkf)udT+Xo`?8&^I+2^jDbw0CU7WDKpwrcdL7ENA-"
        "MbRjLw{qMwJbh-_JK6sy@`_eOok9PF0Ycklgk`Y(}4D&rJ~6z!Yo|39oPViz$t_+qqfmuLfqHFjlK1JT?>yr"
        "U&>qOKeH^_6qa`WeqF0n6TA(?a^=8^PrH^c9BHwJ+-"
        "DxwM0~Vf&f#^neaxUL<(Wvx?|!>53L_o<D`+}@!!TnrvatfFWsreCTLL$hqu$U-C{m-"
        "=B6_<<VoE(LB$I{3dj0_zm?W;st2xh(Au0C?6;Q?+l(c{*@c1nicPHb-"
        "6oE9<;ANP)!hI9JCY56x+R#C00G+xfJguU12AkQvBYQl0ssI200dcD"
    )
)
"""A letter to Teodor Vance, as LibreOffice 7.4 writes it for Word 97."""

_OPEN = "http://schemas.openxmlformats.org"
_KIND = "application/vnd.openxmlformats"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OPEN}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{_KIND}-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="'
        f'{_KIND}-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{_OPEN}/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
    "word/document.xml": (
        f'<w:document xmlns:w="{_OPEN}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
        "Dear Mr Teodor Vance, write to ilse@example.org</w:t></w:r></w:p></w:body></w:document>"
    ),
}


def docx() -> bytes:
    """Return what a program that stands for LibreOffice makes of any document."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, text in _PARTS.items():
            package.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return data.getvalue()


def program(folder: Path, body: str) -> None:
    """Write a program `soffice` that says its version, or does what `body` says; $out is OUTDIR."""
    folder.mkdir()
    (folder / "made.docx").write_bytes(docx())
    path = folder / "soffice"
    path.write_text(
        "#!/bin/sh\n"
        'case "$*" in *--version*) echo "LibreOffice 9.9.9.9 1(Build:1)"; exit 0;; esac\n'
        f'here={folder}; while [ "$1" != --outdir ]; do shift; done; out=$2; given=$3\n{body}\n'
    )
    path.chmod(0o755)


GOOD = 'test "$HOME" = "$PWD" && test -s "$given" && cp "$here/made.docx" "$out/document.docx"'
