"""Pictures for tests, with metadata that names a person in every place that a format has for it."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

NAME = b"Teodor Vance"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>Teodor Vance</a></x:xmpmeta>"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def drawn(mode: str = "RGB") -> Image.Image:
    picture = Image.new(mode, (24, 16))
    for x in range(24):
        picture.putpixel((x, x % 16), 1 if mode == "P" else (x * 9, 255 - x, 77))
    return picture


def exif(*, turned: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x010E] = found[0x013B] = NAME.decode()
    found[0x0112] = turned
    found.get_ifd(0x8825)[29] = "2031:05:06"
    return found


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def jpeg(*, turned: int = 1) -> bytes:
    data = saved(
        drawn(), "JPEG", exif=exif(turned=turned), comment=NAME, xmp=XMP, icc_profile=PROFILE
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x11\x1c\x02\x50\0\x0c" + NAME
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + b"a film of " + NAME


def png() -> bytes:
    about = PngImagePlugin.PngInfo()
    about.add_text("Author", NAME.decode())
    about.add_text("Comment", NAME.decode(), zip=True)
    about.add_itxt("XML:com.adobe.xmp", XMP.decode())
    about.add(b"prVt", NAME)
    data = saved(drawn(), "PNG", pnginfo=about, exif=exif(), icc_profile=PROFILE)
    return data + b"behind " + NAME


def profile_named_after_a_person() -> bytes:
    content = NAME + b"\0\0" + zlib.compress(PROFILE)
    chunk = struct.pack(">I", len(content)) + b"iCCP" + content
    chunk += struct.pack(">I", zlib.crc32(b"iCCP" + content))
    data = saved(drawn(), "PNG")
    return data[:33] + chunk + data[33:]


def gif() -> bytes:
    first, second = drawn("P"), drawn("P").rotate(180)
    data = saved(
        first, "GIF", save_all=True, append_images=[second], loop=3, duration=40, comment=NAME
    )
    xmp = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return data[:-1] + xmp + b";behind " + NAME


def webp() -> bytes:
    return saved(drawn(), "WEBP", exif=exif(turned=6), xmp=XMP, icc_profile=PROFILE)


def avif() -> bytes:
    return saved(drawn(), "AVIF", exif=exif(), xmp=XMP, icc_profile=PROFILE)


def moving_webp() -> bytes:
    options = {"save_all": True, "append_images": [drawn().rotate(180)], "duration": 40}
    return saved(drawn(), "WEBP", exif=exif(), **options)


def tiff(*, big: bool = False, compression: str = "tiff_lzw") -> bytes:
    about = TiffImagePlugin.ImageFileDirectory_v2()
    about[270] = about[315] = NAME.decode()
    about[700] = XMP
    if compression == "raw":  # libtiff writes no such list
        about[34853] = {29: "2031:05:06"}
    options = {"tiffinfo": about, "compression": compression, "big_tiff": big}
    return saved(drawn(), "TIFF", save_all=True, append_images=[drawn().rotate(180)], **options)


def jpeg_2000() -> bytes:
    data = saved(drawn(), "JPEG2000", comment=NAME)
    return data + struct.pack(">I", 8 + 16 + len(XMP)) + b"uuid" + bytes(16) + XMP
