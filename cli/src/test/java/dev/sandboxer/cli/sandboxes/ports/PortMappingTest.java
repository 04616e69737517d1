package dev.sandboxer.cli.sandboxes.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.SandboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortMappingTest {
    @Test
    void the_local_port_equals_the_sandboxs_unless_another_is_named() {
        assertThat(PortMapping.parse("8000")).isEqualTo(new PortMapping(null, 8000, 8000));
        assertThat(PortMapping.parse("9000:8000")).isEqualTo(new PortMapping(null, 9000, 8000));
    }

    @Test
    void zero_or_nothing_means_any_free_port() {
        assertThat(PortMapping.parse("0:8000")).isEqualTo(new PortMapping(null, 0, 8000));
        assertThat(PortMapping.parse(":8000")).isEqualTo(new PortMapping(null, 0, 8000));
    }

    @Test
    void an_address_may_precede_both_ports() {
        assertThat(PortMapping.parse("0.0.0.0:9000:8000")).isEqualTo(new PortMapping("0.0.0.0", 9000, 8000));
        assertThat(PortMapping.parse("localhost::80")).isEqualTo(new PortMapping("localhost", 0, 80));
        assertThat(PortMapping.parse("[::1]:9000:8000")).isEqualTo(new PortMapping("::1", 9000, 8000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "0",
                "65536",
                "-1",
                "a",
                "80:",
                "80:a",
                "80:0",
                "65536:80",
                "::1:80:80",
                "[]:1:2",
                "1:2:3:4",
                "80/udp",
                " 80",
                "99999999999:1",
                "1:99999999999"
            })
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> PortMapping.parse(text)).isInstanceOf(SandboxException.class);
    }
}
