package dev.sandboxer.extension.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.7",
        "203.0.113.7/32, 203.0.113.7",
        "10.1.2.3/8, 10.0.0.0/8",
        "10.1.2.255/31, 10.1.2.254/31",
        "255.255.255.255/1, 128.0.0.0/1",
        "1.2.3.4/0, 0.0.0.0/0",
        "2001:DB8::1, 2001:db8::1",
        "2001:db8:ffff::1/33, 2001:db8:8000::/33",
        "2001:db8:0:0:1:0:0:1/128, 2001:db8::1:0:0:1",
        "fe80::1/10, fe80::/10",
        "::/0, ::/0",
        "::1, ::1",
        "ffff::/1, 8000::/1",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
    })
    void a_range_is_normalized(String text, String normal) {
        var cidr = Cidr.parse(text);
        assertThat(cidr).hasToString(normal);
        assertThat(Cidr.parse(normal)).isEqualTo(cidr);
        assertThat(NetworkTarget.parse(text)).isEqualTo(cidr);
    }

    @ParameterizedTest
    @CsvSource({
        "::ffff:10.1.2.3, 10.1.2.3",
        "::FFFF:0a01:0203, 10.1.2.3",
        "0:0:0:0:0:ffff:10.1.2.3/104, 10.0.0.0/8",
        "::ffff:10.1.2.3/96, 0.0.0.0/0",
    })
    void an_ipv4_mapped_ipv6_address_becomes_ipv4(String text, String normal) {
        assertThat(Cidr.parse(text)).isEqualTo(Cidr.parse(normal)).hasToString(normal);
    }

    @Test
    void an_ipv4_mapped_address_object_becomes_ipv4_too() throws Exception {
        var bytes = new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 10, 1, 2, 3};
        var mapped = Inet6Address.getByAddress(null, bytes, -1);
        assertThat(new Cidr(mapped, 128)).hasToString("10.1.2.3");
        assertThat(new Cidr(mapped, 104)).hasToString("10.0.0.0/8");
        assertThat(new Cidr(mapped, 96)).hasToString("0.0.0.0/0");
        assertThat(new Cidr(mapped, 95)).as("no longer mapped").hasToString("::fffe:0:0/95");
    }

    @Test
    void an_address_loses_its_host_name_and_its_scope() throws Exception {
        var named = InetAddress.getByAddress("example.com", new byte[] {1, 2, 3, 4});
        assertThat(new Cidr(named, 32).address().toString()).isEqualTo("/1.2.3.4");
        var scoped =
                Inet6Address.getByAddress(null, Cidr.parse("fe80::1").address().getAddress(), 1);
        assertThat(new Cidr(scoped, 128)).isEqualTo(Cidr.parse("fe80::1")).hasToString("fe80::1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1.2.3",
                "16909060",
                "0x7f.0.0.1",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3.4",
                "01.2.3.4",
                "1.2.3.004",
                "256.0.0.1",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4\n",
                "1.2.3.4/",
                "/8",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/+8",
                "1.2.3.4/08",
                "1.2.3.4/8/8",
                "1.2.3.4/255.0.0.0",
                "1.2.3.4/99999999999999999999",
                "1.2.3.4:80",
                "١.2.3.4",
                "1:2",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "g::1",
                "::1/129",
                "::1%lo",
                "fe80::1%eth0/64",
                "[::1]",
                "::ffff:256.1.1.1",
                "::ffff:10.0.0.0/95",
                "::ffff:10.0.0.0/8",
                "example.com",
                "example.com/8",
            })
    void a_text_that_is_no_range_is_refused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("not an address or a range of addresses: \"")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 33, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_prefix_is_at_most_as_long_as_the_address(int prefix) {
        var address = Cidr.parse("1.2.3.4").address();
        assertThatThrownBy(() -> new Cidr(address, prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0 to 32");
    }

    @Test
    void a_message_repeats_only_the_beginning_of_a_long_text() {
        assertThatThrownBy(() -> Cidr.parse("1".repeat(100_000))).message().hasSizeLessThan(300);
    }
}
