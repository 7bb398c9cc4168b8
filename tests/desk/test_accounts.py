"""Who may log in."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.desk.accounts import AccountError, Accounts
from tests.desk.conftest import PASSWORD, LogIn


def origin(client: TestClient[Any, Any]) -> dict[str, str]:
    return {"Origin": str(client.make_url("")).rstrip("/")}


async def test_only_name_and_password_together_open(client: TestClient[Any, Any], accounts: Accounts) -> None:
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD), ("", "")):
        body = {"name": name, "password": password}
        assert (await client.post("/desk/api/login", json=body, headers=origin(client))).status == 401
    body = {"name": "ada", "password": PASSWORD}
    response = await client.post("/desk/api/login", json=body, headers=origin(client))
    assert await response.json() == {"name": "ada", "display_name": "Nurse Ada"}
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_after_ten_failures_one_has_to_wait(client: TestClient[Any, Any], accounts: Accounts) -> None:
    for _ in range(10):
        body = {"name": "ada", "password": "wrong"}
        assert (await client.post("/desk/api/login", json=body, headers=origin(client))).status == 401
    body = {"name": "ada", "password": PASSWORD}
    assert (await client.post("/desk/api/login", json=body, headers=origin(client))).status == 429


async def test_another_site_can_neither_log_in_nor_listen(client: TestClient[Any, Any], accounts: Accounts) -> None:
    evil = {"Origin": "https://evil.example"}
    body = {"name": "ada", "password": PASSWORD}
    assert (await client.post("/desk/api/login", json=body, headers=evil)).status == 403
    assert (await client.get("/desk/api/socket", headers=evil)).status == 403
    assert (await client.get("/desk/api/socket", headers=origin(client))).status == 401


async def test_a_disabled_nurse_is_out(client: TestClient[Any, Any], accounts: Accounts, log_in: LogIn) -> None:
    await log_in("ada")
    await accounts.disable("ada")
    body = {"name": "ada", "password": PASSWORD}
    assert (await client.post("/desk/api/login", json=body, headers=origin(client))).status == 401
    assert [nurse.disabled for nurse in await accounts.list()] == [True, False]


@pytest.mark.parametrize(
    ("name", "display_name", "password"),
    [("Ada!", "Ada", PASSWORD), ("eve", " ", PASSWORD), ("eve", "Eve", "short"), ("ada", "Ada", PASSWORD)],
)
async def test_a_bad_account_is_refused(accounts: Accounts, name: str, display_name: str, password: str) -> None:
    with pytest.raises(AccountError):
        await accounts.add(name, display_name, password)
