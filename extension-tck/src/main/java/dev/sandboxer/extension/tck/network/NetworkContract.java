package dev.sandboxer.extension.tck.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract for network rules: which addresses a sandbox may connect to. */
public abstract class NetworkContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected NetworkContract() {}

    private static final int PORT = 20_500;

    /** An address that accepts all connections, so a failure to connect is caused by the sandbox's network rules. */
    private static final String PUBLIC_ADDRESS = "1.1.1.1";

    private static final String OTHER_ADDRESS = "9.9.9.9";

    @Test
    void a_denied_network_reaches_loopback_only() throws IOException {
        requires(Capability.NETWORK_DENY);
        var box = create(Requests.withNetwork(request(), NetworkRules.DENY_ALL));
        try (var server = box.start(ProcessSpec.of(fixture().echoServer(PORT)))) {
            box.transcript(server).until("listening");
            assertThat(connects(box, "127.0.0.1", PORT)).as("its own loopback").isTrue();
            server.signal(Signal.KILL, true);
        }
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).as("the internet").isFalse();
        try (var here = new ServerSocket(0)) {
            for (var address : addressesOfThisHost()) {
                assertThat(connects(box, address, here.getLocalPort()))
                        .as("the test host's address " + address)
                        .isFalse();
            }
        }
        destroy(box);
    }

    @Test
    void a_backend_that_cannot_deny_the_network_says_so() {
        if (extension().capabilities().contains(Capability.NETWORK_DENY)) {
            skip("NETWORK_DENY is declared by " + extension().id());
        }
        var request = Requests.withNetwork(request(), NetworkRules.DENY_ALL);
        Failures.failsWithoutEffect(Kind.UNSUPPORTED, () -> backend().create(request));
        assertThat(backend().find(request.tag())).isEmpty();
    }

    @Test
    void an_allowed_network_reaches_the_internet() {
        requires(Capability.NETWORK_ALLOW);
        var box = create();
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).isTrue();
        destroy(box);
    }

    @Test
    void an_allowlist_blocks_all_other_addresses() {
        requiresRulesAboutAddresses();
        var box = create(Requests.withNetwork(
                request(),
                new NetworkRules(NetworkPolicy.DENY, List.of(NetworkTarget.parse(PUBLIC_ADDRESS)), List.of())));
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).as("allowed").isTrue();
        assertThat(connects(box, OTHER_ADDRESS, 443)).as("not allowed").isFalse();
        destroy(box);
    }

    @Test
    void a_denylist_blocks_its_addresses_and_an_allowed_address_wins() {
        requiresRulesAboutAddresses();
        var box = create(Requests.withNetwork(
                request(),
                new NetworkRules(
                        NetworkPolicy.BACKEND_DEFAULT,
                        List.of(NetworkTarget.parse(PUBLIC_ADDRESS)),
                        List.of(NetworkTarget.parse(PUBLIC_ADDRESS + "/24"), NetworkTarget.parse(OTHER_ADDRESS)))));
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).as("allowed and denied").isTrue();
        assertThat(connects(box, OTHER_ADDRESS, 443)).as("denied").isFalse();
        destroy(box);
    }

    @Test
    void rules_of_a_running_sandbox_are_replaced_as_a_whole() {
        requires(Capability.NETWORK_UPDATE);
        requiresRulesAboutAddresses();
        var network = (NetworkUpdating) backend();
        var box = create();
        var denied = List.of(NetworkTarget.parse(OTHER_ADDRESS));
        network.updateNetwork(box.sandbox().ref(), new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), denied));
        assertThat(connects(box, OTHER_ADDRESS, 443)).as("denied").isFalse();
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).as("not denied").isTrue();
        network.updateNetwork(box.sandbox().ref(), NetworkRules.DENY_ALL);
        assertThat(connects(box, PUBLIC_ADDRESS, 443)).as("all denied").isFalse();
        network.updateNetwork(box.sandbox().ref(), NetworkRules.ALLOW_ALL);
        assertThat(connects(box, OTHER_ADDRESS, 443))
                .as("denied before the update, then allowed")
                .isTrue();
        destroy(box);
        Failures.failsWithoutEffect(
                Kind.GONE, () -> network.updateNetwork(box.sandbox().ref(), NetworkRules.ALLOW_ALL));
    }

    @Test
    void opening_the_network_of_a_sandbox_created_without_one_works_or_is_refused() {
        requires(Capability.NETWORK_UPDATE);
        var network = (NetworkUpdating) backend();
        var box = create(Requests.withNetwork(request(), NetworkRules.DENY_ALL));
        network.updateNetwork(box.sandbox().ref(), NetworkRules.DENY_ALL);
        try {
            network.updateNetwork(box.sandbox().ref(), NetworkRules.ALLOW_ALL);
            assertThat(connects(box, PUBLIC_ADDRESS, 443))
                    .as("after the update")
                    .isTrue();
        } catch (ExtensionException e) {
            assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED);
            assertThat(connects(box, PUBLIC_ADDRESS, 443))
                    .as("after the refused update")
                    .isFalse();
        }
        destroy(box);
    }

    private void requiresRulesAboutAddresses() {
        requires(Capability.NETWORK_ALLOW);
        if (extension().networkEnforcement().getOrDefault(NetworkRuleKind.CIDR, Enforcement.NONE) == Enforcement.NONE) {
            skip("network rules for addresses are not enforced by "
                    + extension().id());
        }
    }

    private boolean connects(Box box, String host, int port) {
        return box.run(ProcessSpec.of(fixture().connect(host, port))).status() == 0;
    }

    private static List<String> addressesOfThisHost() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .map(address -> address.replaceFirst("%.*", ""))
                .distinct()
                .toList();
    }
}
