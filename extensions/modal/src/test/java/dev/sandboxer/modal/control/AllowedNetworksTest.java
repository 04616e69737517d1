package dev.sandboxer.modal.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.protocol.modal.ClientProto.NetworkAccess;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllowedNetworksTest {
    @Test
    void without_rules_the_network_is_open_and_with_deny_all_it_is_blocked() {
        assertThat(AllowedNetworks.of(NetworkRules.ALLOW_ALL).getNetworkAccessType())
                .isEqualTo(NetworkAccess.T.OPEN);
        assertThat(AllowedNetworks.of(NetworkRules.DENY_ALL).getNetworkAccessType())
                .isEqualTo(NetworkAccess.T.BLOCKED);
    }

    @Test
    void allowed_targets_under_deny_become_an_allowlist() {
        var access = AllowedNetworks.of(rules(
                NetworkPolicy.DENY, List.of("10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "*.example.org"), List.of()));

        assertThat(access.getNetworkAccessType()).isEqualTo(NetworkAccess.T.ALLOWLIST);
        assertThat(access.getAllowedCidrsList()).containsExactly("10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32");
        assertThat(access.getAllowedDomainsList()).containsExactly("*.example.org");
    }

    @Test
    void denied_ranges_become_an_allowlist_of_all_others() {
        var access = AllowedNetworks.of(rules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of("128.0.0.0/2")));

        assertThat(access.getAllowedCidrsList()).containsExactly("0.0.0.0/1", "192.0.0.0/2");
        assertThat(AllowedNetworks.of(rules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of("0.0.0.0/0")))
                        .getAllowedCidrsList())
                .isEmpty();
        assertThat(AllowedNetworks.of(rules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of("::/0")))
                        .getAllowedCidrsList())
                .containsExactly("0.0.0.0/0");
    }

    @Test
    void every_address_is_allowed_unless_it_is_denied_and_allow_overrides_deny() {
        var seed = new Random().nextLong();
        System.out.println("AllowedNetworksTest seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var deny = Stream.generate(() -> address(random) + "/" + random.nextInt(1, 33))
                    .limit(4)
                    .toList();
            var allow = List.of(address(random));
            var list = AllowedNetworks.of(rules(NetworkPolicy.BACKEND_DEFAULT, allow, deny))
                    .getAllowedCidrsList();
            var probes = Stream.concat(
                    Stream.generate(() -> address(random)).limit(20),
                    Stream.concat(allow.stream(), deny.stream().map(it -> it.replaceFirst("/.*", ""))));
            probes.forEach(probe -> {
                var expected = allow.contains(probe) || deny.stream().noneMatch(it -> covers(it, probe));
                assertThat(list.stream().anyMatch(it -> covers(it, probe)))
                        .as(probe + " with allow " + allow + " deny " + deny)
                        .isEqualTo(expected);
            });
        }
    }

    private static String address(Random random) {
        return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
    }

    private static boolean covers(String cidr, String address) {
        var parts = cidr.split("/");
        int shift = 32 - Integer.parseInt(parts[1]);
        return number(parts[0]) >> shift == number(address) >> shift;
    }

    private static long number(String address) {
        long number = 0;
        for (String part : address.split("\\.")) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }

    private static NetworkRules rules(NetworkPolicy byDefault, List<String> allow, List<String> deny) {
        return new NetworkRules(
                byDefault,
                allow.stream().map(NetworkTarget::parse).toList(),
                deny.stream().map(NetworkTarget::parse).toList());
    }
}
