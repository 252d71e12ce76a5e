"""What is said of this computer when its Bluetooth cannot be used, and when it can."""

NO_SERVICE = "The Bluetooth service of this computer is not running; install BlueZ and start it"
OFF = "Bluetooth is off; switch it on"


def test_all_is_well_and_the_treadmill_is_heard(eccentread, treadmill, tmp_path):
    told = eccentread("doctor", "--out", tmp_path)

    assert told.returncode == 0, told.stdout
    assert f"it scans; fitness machines heard: {treadmill.name}" in told.stdout
    listed = eccentread("scan", "--time", "2")
    assert listed.returncode == 0
    assert "treadmill" in listed.stdout


def test_a_service_that_does_not_run_is_named(eccentread, treadmill, bluez, tmp_path):
    bluez.kill()

    told = eccentread("doctor", "--out", tmp_path)

    assert told.returncode == 4
    assert NO_SERVICE in told.stdout
    listed = eccentread("scan", "--time", "2")
    assert listed.returncode == 4
    assert listed.stderr.startswith(f"eccentread: {NO_SERVICE}")


def test_an_adapter_that_is_off_is_named(eccentread, treadmill, bluez, tmp_path):
    bluez.power("off")

    told = eccentread("doctor", "--out", tmp_path)

    assert told.returncode == 4
    assert OFF in told.stdout
    listed = eccentread("scan", "--time", "2")
    assert listed.returncode == 4
    assert listed.stderr.startswith(f"eccentread: {OFF}")


def test_without_an_adapter_that_is_said(eccentread, bluez, tmp_path):
    told = eccentread("doctor", "--out", tmp_path)

    assert told.returncode == 4
    assert "no adapter for Bluetooth low energy" in told.stdout
