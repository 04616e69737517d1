package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.local.TestNetwork;
import dev.sandboxer.local.hostile.Calls;
import dev.sandboxer.local.hostile.Lab;
import dev.sandboxer.local.hostile.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sandboxes that are created at the same time share no address, and a killed launcher leaves no interface. */
@Timeout(300)
class NetworkCrashIT {
    @RegisterExtension
    static final Lab LAB = Lab.withNetwork();

    private static final NetworkRules NAMES =
            Calls.rules(NetworkPolicy.DENY, List.of("example.com", "1.1.1.1"), List.of());

    @AfterEach
    void nothing_is_left() {
        LAB.destroyFresh();
        await().atMost(Duration.ofSeconds(60)).until(() -> interfaces().isEmpty());
    }

    @Test
    void twenty_sandboxes_created_at_once_have_different_addresses_and_reach_the_internet() throws Exception {
        var all = new ArrayList<Callable<Victim>>();
        for (int i = 0; i < 20; i++) {
            var rules = i % 4 == 0 ? NAMES : NetworkRules.ALLOW_ALL;
            all.add(() -> LAB.fresh(rules));
        }
        var addresses = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var made : threads.invokeAll(all)) {
                Calls.assertReached(made.get(), "tcp=1.1.1.1:8080");
                addresses.add(OpenNetworkIT.address(made.get()));
            }
        }
        assertThat(addresses).hasSize(20);
        assertThat(interfaces()).hasSize(20);
    }

    @Test
    void a_launcher_that_is_killed_at_any_moment_leaves_no_interface_and_no_process() throws Exception {
        for (int i = 0; i < 24; i++) {
            var request = LAB.request(i % 2 == 0 ? NAMES : NetworkRules.ALLOW_ALL);
            var creation = Thread.startVirtualThread(() -> createAnyhow(request));
            kill(request, Duration.ofMillis(i * 8L));
            creation.join();
            LAB.backend().find(request.tag()).ifPresent(found -> LAB.backend().destroy(found.ref()));
            LAB.backend().list();
        }
        Calls.assertReached(LAB.fresh(NetworkRules.ALLOW_ALL), "tcp=9.9.9.9:8080");
    }

    private static void createAnyhow(CreateRequest request) {
        try {
            LAB.backend().create(request);
        } catch (ExtensionException killed) {
            // expected
        }
    }

    /** Kills the launcher some time after it has appeared. */
    private static void kill(CreateRequest request, Duration after) throws InterruptedException {
        var limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < limit) {
            var found = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info()
                            .commandLine()
                            .filter(line -> line.contains(" launch ")
                                    && line.contains(request.tag().toString()))
                            .isPresent())
                    .findFirst();
            if (found.isPresent()) {
                Thread.sleep(after);
                found.get().destroyForcibly();
                return;
            }
            Thread.sleep(1);
        }
    }

    /** Returns the interfaces of sandboxes on the simulated host. */
    private static List<String> interfaces() {
        return TestNetwork.shared()
                .onHost("sh", "-c", "ip -o link show type veth | grep -o 'sandboxer[0-9]*' || true")
                .lines()
                .distinct()
                .toList();
    }
}
