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
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** All of a spec is honoured, or the extension and the backend both refuse it; nothing is dropped silently. */
public abstract class SupportContract extends ExtensionContract {
    /** For the subclass that tests an extension. */
    protected SupportContract() {}

    private static final String PASSWORD = "tck-s3cret-of-a-registry";

    @Test
    void the_usual_spec_is_supported() {
        assertThat(extension().supports(request().spec())).isEqualTo(new Support.Supported());
    }

    @Test
    void a_size_is_never_a_reason_to_refuse_where_sizes_are_ignored() {
        if (extension().capabilities().contains(Capability.SIZE)) {
            skip("SIZE is declared by " + extension().id());
        }
        var huge = new SandboxSize(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(supports(spec -> spec.size(huge))).isTrue();
    }

    @Test
    void a_gpu_is_there_or_refused() {
        var gpu = fixture().gpu();
        var box = honoured(Capability.GPU, spec -> spec.size(withGpu(gpu)));
        var got = Objects.requireNonNull(box.sandbox().size().gpu());
        assertThat(got.count()).isEqualTo(gpu.count());
        assertThat(gpu.types()).containsAll(got.types());
        destroy(box);
    }

    @Test
    void a_gpu_of_a_type_that_nobody_has_is_refused() {
        refused(spec -> spec.size(withGpu(new Gpu(1, "no-such-gpu"))));
    }

    @Test
    void a_region_is_the_one_asked_for_or_refused() {
        destroy(honoured(Capability.REGION, spec -> spec.region(fixture().region())));
    }

    @Test
    void a_region_that_is_nowhere_is_refused() {
        refused(spec -> spec.region("no-such-region"));
    }

    @Test
    void an_image_is_started_from_or_refused() {
        var image = new Source.Image(fixture().imageReference(), null);
        var box = honoured(Capability.IMAGE, spec -> spec.source(image));
        assertThat(box.sh("echo started").text()).isEqualTo("started");
        destroy(box);
    }

    @Test
    void an_image_that_is_nowhere_is_refused_and_the_registrys_password_is_not_repeated() {
        var credential = new RegistryCredential("tck", PASSWORD);
        var image = new Source.Image("registry.invalid/no/such-image:1", credential);
        refused(spec -> spec.source(image));
        var request = Requests.with(request(), spec -> spec.source(image));
        assertThat(extension().supports(request.spec()).toString()).doesNotContain(PASSWORD);
        for (var e = catchThrowable(() -> backend().create(request)); e != null; e = e.getCause()) {
            assertThat(e.toString()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void ports_are_opened_or_refused() {
        destroy(honoured(Capability.PORTS, spec -> spec.ports(Set.of(1, 20_600, 65_535))));
    }

    @Test
    void a_denied_network_is_kept_or_refused() {
        keptOrRefused(NetworkRules.DENY_ALL);
    }

    @Test
    void addresses_that_are_allowed_where_all_others_are_denied_are_kept_or_refused() {
        keptOrRefused(rules(NetworkPolicy.DENY, List.of("203.0.113.0/24", "2001:db8::/32"), List.of()));
    }

    @Test
    void addresses_that_are_denied_are_kept_or_refused() {
        keptOrRefused(rules(NetworkPolicy.BACKEND_DEFAULT, List.of("203.0.113.7"), List.of("203.0.113.0/24")));
    }

    @Test
    void domains_that_are_allowed_are_kept_or_refused() {
        keptOrRefused(rules(NetworkPolicy.DENY, List.of("example.com", "*.example.org"), List.of()));
    }

    private static NetworkRules rules(NetworkPolicy byDefault, List<String> allow, List<String> deny) {
        return new NetworkRules(
                byDefault,
                allow.stream().map(NetworkTarget::parse).toList(),
                deny.stream().map(NetworkTarget::parse).toList());
    }

    private void keptOrRefused(NetworkRules rules) {
        var enforcement = extension().networkEnforcement();
        var isKept = rules.kinds().stream()
                .allMatch(kind -> enforcement.getOrDefault(kind, Enforcement.NONE) != Enforcement.NONE);
        var request = Requests.withNetwork(request(), rules);
        assertThat(extension().supports(request.spec()) instanceof Support.Supported)
                .as("as the enforcement says")
                .isEqualTo(isKept);
        if (isKept) {
            destroy(create(request));
        } else {
            refusesAsTold(request.spec());
        }
    }

    private SandboxSize withGpu(Gpu gpu) {
        var size = fixture().size();
        return new SandboxSize(size.cpuMillis(), size.memoryMiB(), size.diskMiB(), gpu);
    }

    /** What a spec gets that only makes sense with a capability; without it, checks that it is refused and skips the rest. */
    private Box honoured(Capability capability, UnaryOperator<SandboxSpec.Builder> change) {
        var isDeclared = extension().capabilities().contains(capability);
        assertThat(supports(change)).as("as %s is declared or not", capability).isEqualTo(isDeclared);
        var request = Requests.with(request(), change);
        if (!isDeclared) {
            refusesAsTold(request.spec());
            requires(capability);
        }
        return create(request);
    }

    /** By the extension beforehand or by the backend, which alone may know; without effect in any case. */
    private void refused(UnaryOperator<SandboxSpec.Builder> change) {
        var request = Requests.with(request(), change);
        if (supports(change)) {
            Failures.failsWithoutEffect(Kind.INVALID, () -> backend().create(request));
        } else {
            refusesAsTold(request.spec());
        }
        assertThat(backend().find(request.tag())).isEmpty();
    }

    private boolean supports(UnaryOperator<SandboxSpec.Builder> change) {
        return extension().supports(Requests.with(request(), change).spec()) instanceof Support.Supported;
    }

    private void refusesAsTold(SandboxSpec spec) {
        var reason = ((Support.Unsupported) extension().supports(spec)).reason();
        assertThat(reason).isNotBlank().doesNotContain("\n");
        var request = Requests.with(request(), _ -> spec.toBuilder());
        Failures.failsWithoutEffect(Kind.UNSUPPORTED, () -> backend().create(request));
        assertThat(backend().find(request.tag())).isEmpty();
    }
}
