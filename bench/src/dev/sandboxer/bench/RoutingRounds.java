package dev.sandboxer.bench;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.config.Home;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.BackendOptions;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.routing.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Times the decision where a sandbox runs, among ten candidates that could all run it: eight need a key (four have the consumer's
 * own, two the platform's from the vault, two the platform's from the environment), two need none. All have been used before.
 */
final class RoutingRounds implements AutoCloseable {
    static final String IN_ORDER = "route, ten candidates, policy order";
    private static final int DECISIONS = 10;

    /** Recorded attempts per candidate: more than any rule of routing reads. */
    private static final int EARLIER_ATTEMPTS = 40;

    private final Sandboxer sandboxer;
    private final Profile inOrder;
    private final Profile fastest;

    RoutingRounds(Workspace work, Cleanup cleanup) throws Exception {
        var home = Files.createDirectories(work.resolve("routing"));
        var ten = List.of(
                new IdleExtension.A(), new IdleExtension.B(), new IdleExtension.C(), new IdleExtension.D(),
                new IdleExtension.E(), new IdleExtension.F(), new IdleExtension.G(), new IdleExtension.H(),
                new IdleExtension.I(), new IdleExtension.J());
        writeProfiles(home, ten);
        var environment = new HashMap<String, String>();
        ten.subList(6, 8).forEach(it -> environment.put(it.variable(), "fake-key-" + it.id().value()));
        this.sandboxer = Sandboxer.open(new Home(home), Map.copyOf(environment), InstantSource.system());
        cleanup.add("the home for routing", this::close);
        ten.subList(0, 4).forEach(it -> addKey(Owner.consumer(Sandboxer.LOCAL_CONSUMER), it));
        ten.subList(4, 6).forEach(it -> addKey(Owner.PLATFORM, it));
        this.inOrder = sandboxer.profiles().get("profile.order");
        this.fastest = sandboxer.profiles().get("profile.fastest");
        ten.forEach(this::recordAttempts);
    }

    private static void writeProfiles(Path home, List<? extends IdleExtension> ten) throws Exception {
        var route = ten.stream().map(it -> it.id().value()).collect(Collectors.joining(", ", "[", "]"));
        var templates = ten.stream().map(it -> it.id().value() + ": base").collect(Collectors.joining(", ", "{", "}"));
        var profiles = new StringBuilder("profiles:\n");
        for (var policy : List.of(RoutePolicy.ORDER, RoutePolicy.FASTEST)) {
            profiles.append("""
                      profile.%s:
                        route: %s
                        policy: %s
                        templates: %s
                        cpu: 1
                        memory: 512MiB
                        disk: 2GiB
                        ttl: 10m
                        maxTtl: 1h
                    """.formatted(policy.text(), route, policy.text(), templates).indent(2));
        }
        Files.writeString(home.resolve("config.yaml"), profiles);
    }

    private void addKey(Owner owner, IdleExtension extension) {
        sandboxer.credentials()
                .add(owner, extension.id(), "bench", Map.of("key", "fake-key-" + extension.id().value()), false);
    }

    /** Records attempts with an extension, since routing reads them. */
    private void recordAttempts(IdleExtension extension) {
        var backendOptions = new BackendOptions(null, Set.of(), null, null, Set.of(), new Preference(extension.id(), true));
        for (var i = 0; i < EARLIER_ATTEMPTS; i++) {
            var sandboxes = sandboxer.sandboxes();
            sandboxes.destroy(sandboxes.create(CreateSandbox.of(Sandboxer.LOCAL_CONSUMER, inOrder)
                    .backendOptions(backendOptions)
                    .build()));
        }
    }

    void round(Results results) throws Exception {
        for (var i = 0; i < DECISIONS; i++) {
            results.time(Group.ROUTING, IN_ORDER, () -> route(inOrder));
            results.time(Group.ROUTING, "route, ten candidates, policy fastest", () -> route(fastest));
        }
    }

    private void route(Profile profile) {
        var request = CreateSandbox.of(Sandboxer.LOCAL_CONSUMER, profile).build();
        var route = sandboxer.router().route(profile, request.requirements());
        if (route.verdicts().stream().anyMatch(verdict -> verdict instanceof dev.sandboxer.routing.Verdict.Skipped)) {
            throw new IllegalStateException("a candidate is skipped: " + route.verdicts());
        }
    }

    private boolean closed;

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            sandboxer.close();
        }
    }
}
