"""Unity's runner without the download of Unity."""

from platformio.public import UnityTestRunner


class CustomTestRunner(UnityTestRunner):
    EXTRA_LIB_DEPS = None
    UNITY_CONFIG_H = UNITY_CONFIG_C = ""  # the stand-in needs neither
