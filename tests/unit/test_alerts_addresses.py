"""Reading an address by its own plugin gives what Apprise makes of it by asking all."""

from __future__ import annotations

import subprocess
import sys

import apprise
import pytest

from monitor.alerts.channels.tail import service_of

ADDRESSES = [
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "slack://legal@xoxb-1234-1234-abcdefghijkl/#privacy",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "workflows://host.example:443/643a8b1a/signature/",
    "json://user:word@127.0.0.1:9000/path?x=1&-y=2",
    "jsons://hooks.example/path",
    "mailto://user:word@mail.example:2525?from=a@b.example&to=c@d.example,e@f.example",
    "mailtos://user:word@gmail.com?to=c@d.example",
    "MAILTO://127.0.0.1:25?from=a@b.example&to=c@d.example",
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_means_the_same_by_either_way(address: str) -> None:
    ours, theirs = service_of("legal", address), apprise.Apprise.instantiate(address)
    assert theirs is not None
    assert (type(ours), ours.url()) == (type(theirs), theirs.url())


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_other_plugins_stay_where_they_are(address: str) -> None:
    code = (
        "import sys; from monitor.alerts.channels.tail import service_of; service_of('legal', sys.argv[1]); "
        "sys.exit('apprise.plugins.twilio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, address]).returncode == 0
