"""Checks that a rule may name for the text its pattern matched: text in, yes or no out.

Each is pure, looks only at the text it is given, and costs little on any text. `CHECKS` lists those
that a rule file may name. A check answers "yes, this may be what the rule describes".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from redactor.detect.checks.accounts import (
    account_name,
    chat_nick,
    handle_shape,
    login_name,
    login_userinfo,
    not_code_word,
    not_file_name,
    site_account,
    spelled_address,
    uncommon_account,
    uncommon_mailbox,
)
from redactor.detect.checks.crypto import base58_address, base58_key, bech32_address
from redactor.detect.checks.dates import (
    calendar_date,
    human_age,
    life_years,
)
from redactor.detect.checks.given_names import listed_given_name
from redactor.detect.checks.identity import (
    ar_cuit,
    be_national_number,
    br_cpf,
    ch_ahv,
    cl_rut,
    cn_resident_number,
    cz_birth_number,
    de_tax_id,
    es_nif,
    fi_identity_code,
    fr_nir,
    hk_identity_card,
    ie_pps,
    it_fiscal_code,
    kr_resident_number,
    mx_curp,
    nl_bsn,
    no_birth_number,
    pl_pesel,
    pt_nif,
    ro_cnp,
    se_personnummer,
    tr_identity_number,
)
from redactor.detect.checks.names import (
    not_organisation,
    person_name,
    person_name_shape,
    surname_with_title,
    uncommon_name,
)
from redactor.detect.checks.network import (
    ip4_address,
    ip6_address,
)
from redactor.detect.checks.numbers import (
    card_number,
    coordinates,
    coordinates_either_way,
    degrees,
    device_id,
    iban,
    id_number,
    local_phone,
    luhn,
    phone_digits,
    plate,
    spoken_digits,
    state_number,
    uk_nhs,
    uk_nino,
    us_ssn,
)
from redactor.detect.checks.secrets import (
    base64_of_userinfo,
    secret,
    strong_secret,
)
from redactor.detect.checks.vehicles import vin, vin_shape

__all__ = ["CHECKS"]

_ALL: tuple[Callable[[str], bool], ...] = (
    account_name,
    ar_cuit,
    base58_address,
    base58_key,
    base64_of_userinfo,
    be_national_number,
    bech32_address,
    br_cpf,
    calendar_date,
    card_number,
    chat_nick,
    ch_ahv,
    cl_rut,
    cn_resident_number,
    coordinates,
    coordinates_either_way,
    cz_birth_number,
    de_tax_id,
    degrees,
    device_id,
    es_nif,
    fi_identity_code,
    fr_nir,
    handle_shape,
    hk_identity_card,
    human_age,
    iban,
    id_number,
    ie_pps,
    ip4_address,
    ip6_address,
    it_fiscal_code,
    kr_resident_number,
    life_years,
    listed_given_name,
    local_phone,
    login_name,
    login_userinfo,
    luhn,
    mx_curp,
    nl_bsn,
    no_birth_number,
    not_code_word,
    not_file_name,
    not_organisation,
    person_name,
    person_name_shape,
    phone_digits,
    pl_pesel,
    plate,
    pt_nif,
    ro_cnp,
    se_personnummer,
    secret,
    site_account,
    spelled_address,
    spoken_digits,
    state_number,
    strong_secret,
    surname_with_title,
    tr_identity_number,
    uk_nhs,
    uk_nino,
    uncommon_account,
    uncommon_mailbox,
    uncommon_name,
    us_ssn,
    vin,
    vin_shape,
)

CHECKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {check.__name__: check for check in _ALL}
)
