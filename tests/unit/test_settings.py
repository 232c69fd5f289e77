from pathlib import Path

import pytest

from glidepath.settings import SETTING_NAMES, Settings, SettingsError, load_settings, settings_table

README = Path(__file__).parents[2] / "README.md"


def test_an_empty_environment_means_the_embedded_database_on_the_local_machine():
    settings = load_settings({"PATH": "/usr/bin"})
    assert settings.database_url is None
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.data_dir == Path.cwd() / ".glidepath"
    assert settings.log_level == "info"


def test_values_are_read_as_their_types():
    settings = load_settings(
        {
            "GLIDEPATH_PORT": "9000",
            "GLIDEPATH_DATA_DIR": "/srv/glide path",
            "GLIDEPATH_DATABASE_URL": "postgresql://app:secret@db/glidepath",
        }
    )
    assert settings.port == 9000
    assert settings.data_dir == Path("/srv/glide path")
    assert settings.database_url == "postgresql://app:secret@db/glidepath"
    assert settings.base_url == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
        ("clinic.local", "http://clinic.local:8000"),
    ],
)
def test_the_public_address_follows_the_host_when_left_out(host, base_url):
    assert load_settings({"GLIDEPATH_HOST": host}).base_url == base_url


def test_an_empty_variable_counts_as_unset():
    assert load_settings({"GLIDEPATH_PORT": "", "GLIDEPATH_DATABASE_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("GLIDEPATH_PORT", "eighty", "a number from 1 to 65535"),
        ("GLIDEPATH_PORT", "0", "a number from 1 to 65535"),
        ("GLIDEPATH_PORT", "65536", "a number from 1 to 65535"),
        ("GLIDEPATH_LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("GLIDEPATH_DATABASE_URL", "mysql://db", "an address such as postgresql://"),
        ("GLIDEPATH_OWNER_DATABASE_URL", "glidepath", "an address such as postgresql://"),
        ("GLIDEPATH_BASE_URL", "https://a.example/app", "an address without a path"),
        ("GLIDEPATH_SMTP_URL", "mail.example.org", "an address such as smtps://"),
        ("GLIDEPATH_MAIL_FROM", "Glidepath", "a sender such as"),
    ],
)
def test_a_bad_value_is_answered_with_its_name_its_value_and_what_is_expected(
    name, value, expected
):
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"{name} is {value!r}; it must be {expected}")
    assert sentence.count("\n") == 0


def test_an_unknown_setting_is_refused_and_the_nearest_one_is_named():
    with pytest.raises(
        SettingsError, match=r"PROT is not a setting; the nearest one is GLIDEPATH_PORT\."
    ):
        load_settings({"GLIDEPATH_PROT": "8000"})


def test_mail_without_a_sender_is_refused():
    with pytest.raises(SettingsError, match="GLIDEPATH_MAIL_FROM is not"):
        load_settings({"GLIDEPATH_SMTP_URL": "smtp://mail.example.org"})


def test_a_way_past_a_pooler_without_the_pooler_is_refused():
    with pytest.raises(SettingsError, match="GLIDEPATH_DATABASE_URL is not"):
        load_settings({"GLIDEPATH_DIRECT_DATABASE_URL": "postgresql://db/glidepath"})


def test_who_listens_does_so_past_a_pooler():
    pooled = {"GLIDEPATH_DATABASE_URL": "postgresql://pooler:6432/glidepath"}
    direct = {"GLIDEPATH_DIRECT_DATABASE_URL": "postgresql://db/glidepath"}
    assert load_settings(pooled).listening_url == pooled["GLIDEPATH_DATABASE_URL"]
    assert load_settings(pooled | direct).listening_url == direct["GLIDEPATH_DIRECT_DATABASE_URL"]


def test_a_password_appears_neither_in_an_error_nor_when_the_settings_are_printed():
    with pytest.raises(SettingsError) as refused:
        load_settings({"GLIDEPATH_DATABASE_URL": "mysql://app:s3cr/t@db/glidepath"})
    assert "s3cr" not in str(refused.value)
    settings = load_settings({"GLIDEPATH_DATABASE_URL": "postgresql://app:s3cr/t@db/glidepath"})
    assert "s3cr" not in repr(settings)
    assert "db/glidepath" in repr(settings)


def test_every_setting_is_in_the_readme():
    assert len(SETTING_NAMES) == len(Settings.__struct_fields__)
    assert settings_table() in README.read_text(encoding="utf-8")
