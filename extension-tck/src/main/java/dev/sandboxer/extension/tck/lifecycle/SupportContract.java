package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.RegistryCredential;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Contract for specs: every part of a spec is honoured, or refused by both the extension and the backend. No part is dropped silently. */
public abstract class SupportContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected SupportContract() {}

    private static final String PASSWORD = "tck-s3cret-of-a-registry";

    @Test
    void the_default_spec_is_supported() {
        assertThat(extension().supports(request().spec())).isEqualTo(new Support.Supported());
    }

    @Test
    void any_size_is_accepted_by_an_extension_that_ignores_sizes() {
        if (extension().capabilities().contains(Capability.SIZE)) {
            skip("SIZE is declared by " + extension().id());
        }
        var huge = new SandboxSize(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(supports(spec -> spec.size(huge))).isTrue();
    }

    @Test
    void a_gpu_is_provided_or_refused() {
        var gpu = fixture().gpu();
        var box = createOrSkip(Capability.GPU, spec -> spec.size(withGpu(gpu)));
        var got = Objects.requireNonNull(box.sandbox().size().gpu());
        assertThat(got.count()).isEqualTo(gpu.count());
        assertThat(gpu.types()).containsAll(got.types());
        destroy(box);
    }

    @Test
    void an_unknown_gpu_type_is_refused() {
        assertRefused(spec -> spec.size(withGpu(new Gpu(1, "no-such-gpu"))));
    }

    @Test
    void a_region_is_honoured_or_refused() {
        destroy(createOrSkip(Capability.REGION, spec -> spec.region(fixture().region())));
    }

    @Test
    void an_unknown_region_is_refused() {
        assertRefused(spec -> spec.region("no-such-region"));
    }

    @Test
    void an_image_is_started_or_refused() {
        var image = new Source.Image(fixture().imageReference(), null);
        var box = createOrSkip(Capability.IMAGE, spec -> spec.source(image));
        assertThat(box.sh("echo started").text()).isEqualTo("started");
        destroy(box);
    }

    @Test
    void an_unknown_image_is_refused_without_repeating_the_registry_password() {
        var credential = new RegistryCredential("tck", PASSWORD);
        var image = new Source.Image("registry.invalid/no/such-image:1", credential);
        assertRefused(spec -> spec.source(image));
        var request = Requests.with(request(), spec -> spec.source(image));
        assertThat(extension().supports(request.spec()).toString()).doesNotContain(PASSWORD);
        for (var e = catchThrowable(() -> backend().create(request)); e != null; e = e.getCause()) {
            assertThat(e.toString()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void ports_are_opened_or_refused() {
        destroy(createOrSkip(Capability.PORTS, spec -> spec.ports(Set.of(1, 20_600, 65_535))));
    }

    @Test
    void an_idle_timeout_is_honoured_or_refused() {
        destroy(createOrSkip(Capability.IDLE_TIMEOUT, spec -> spec.idleTimeout(Duration.ofHours(1))));
    }

    @Test
    void a_denied_network_is_enforced_or_refused() {
        assertEnforcedOrRefused(NetworkRules.DENY_ALL);
    }

    @Test
    void an_allowlist_of_addresses_is_enforced_or_refused() {
        assertEnforcedOrRefused(rules(NetworkPolicy.DENY, List.of("203.0.113.0/24", "2001:db8::/32"), List.of()));
    }

    @Test
    void a_denylist_of_addresses_is_enforced_or_refused() {
        assertEnforcedOrRefused(
                rules(NetworkPolicy.BACKEND_DEFAULT, List.of("203.0.113.7"), List.of("203.0.113.0/24")));
    }

    @Test
    void an_allowlist_of_domains_is_enforced_or_refused() {
        assertEnforcedOrRefused(rules(NetworkPolicy.DENY, List.of("example.com", "*.example.org"), List.of()));
    }

    private static NetworkRules rules(NetworkPolicy byDefault, List<String> allow, List<String> deny) {
        return new NetworkRules(
                byDefault,
                allow.stream().map(NetworkTarget::parse).toList(),
                deny.stream().map(NetworkTarget::parse).toList());
    }

    private void assertEnforcedOrRefused(NetworkRules rules) {
        var enforcement = extension().networkEnforcement();
        var isEnforced = rules.kinds().stream()
                .allMatch(kind -> enforcement.getOrDefault(kind, Enforcement.NONE) != Enforcement.NONE);
        var request = Requests.withNetwork(request(), rules);
        assertThat(extension().supports(request.spec()) instanceof Support.Supported)
                .as("supported if and only if networkEnforcement() covers it")
                .isEqualTo(isEnforced);
        if (isEnforced) {
            destroy(create(request));
        } else {
            assertUnsupported(request.spec());
        }
    }

    private SandboxSize withGpu(Gpu gpu) {
        var size = fixture().size();
        return new SandboxSize(size.cpuMillis(), size.memoryMiB(), size.diskMiB(), gpu);
    }

    /**
     * Creates a sandbox from a spec that needs a capability. If the capability isn't declared, checks instead that the spec is refused, and
     * skips the rest of the test.
     */
    private Box createOrSkip(Capability capability, UnaryOperator<SandboxSpec.Builder> change) {
        var isDeclared = extension().capabilities().contains(capability);
        assertThat(supports(change))
                .as("supported if and only if %s is declared", capability)
                .isEqualTo(isDeclared);
        var request = Requests.with(request(), change);
        if (!isDeclared) {
            assertUnsupported(request.spec());
            requires(capability);
        }
        return create(request);
    }

    /**
     * Checks that the spec is refused and nothing is created. The backend may refuse a spec that the extension accepts, since only the
     * backend may know.
     */
    private void assertRefused(UnaryOperator<SandboxSpec.Builder> change) {
        var request = Requests.with(request(), change);
        if (supports(change)) {
            Failures.failsWithoutEffect(Kind.INVALID, () -> backend().create(request));
        } else {
            assertUnsupported(request.spec());
        }
        assertThat(backend().find(request.tag())).isEmpty();
    }

    private boolean supports(UnaryOperator<SandboxSpec.Builder> change) {
        return extension().supports(Requests.with(request(), change).spec()) instanceof Support.Supported;
    }

    private void assertUnsupported(SandboxSpec spec) {
        var reason = ((Support.Unsupported) extension().supports(spec)).reason();
        assertThat(reason).isNotBlank().doesNotContain("\n");
        var request = Requests.with(request(), _ -> spec.toBuilder());
        Failures.failsWithoutEffect(Kind.UNSUPPORTED, () -> backend().create(request));
        assertThat(backend().find(request.tag())).isEmpty();
    }
}
