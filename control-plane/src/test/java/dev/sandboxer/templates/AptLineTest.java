package dev.sandboxer.templates;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AptLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "apt-get install -y jq @ jq",
                "apt-get update && DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -y jq g++ @ jq g++",
                "sudo apt install --yes -o Dpkg::Use-Pty=0 'jq' \"curl\" >/dev/null 2>&1 @ jq curl",
                "test -x /usr/bin/jq || { apt-get -q update; /usr/bin/apt-get -qq install jq=1.6-2.1 libc6:i386; } @ jq=1.6-2.1 libc6:i386",
                "apt-get install -t bookworm-backports jq/stable @ jq/stable",
                "apt-get install -y jq; apt-get install -y jq curl @ jq curl",
                "apt-get install -y $PACKAGES jq ./local.deb lib.* @ jq",
            })
    void reads_the_packages_that_a_line_installs_with_apt(String line, String packages) {
        assertThat(AptLine.read(line).orElseThrow().packages()).containsExactly(packages.split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apt-get update",
                "apt-get remove jq",
                "apt-get install -y",
                "apt-get install -y $PACKAGES",
                "npm install left-pad",
                "pip install jq && apt-get clean",
                "install -m 755 apt /usr/bin/apt",
                "",
            })
    void a_line_that_installs_nothing_with_apt_has_no_packages(String line) {
        assertThat(AptLine.read(line)).isEmpty();
    }

    @Test
    void recommended_packages_are_wanted_as_soon_as_one_command_wants_them() {
        assertThat(AptLine.read("apt-get install --no-install-recommends a1")
                        .orElseThrow()
                        .recommended())
                .isFalse();
        assertThat(AptLine.read("apt-get install --no-install-recommends a1; apt-get install b1")
                        .orElseThrow()
                        .recommended())
                .isTrue();
    }
}
