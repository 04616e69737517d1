package dev.sandboxer.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.extension.Support.Unsupported;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tests which specs an extension supports when it overrides no default method. */
class DeclaredSupportTest {
    private static final SandboxSize SIZE = new SandboxSize(1000, 512, 1024);

    @Test
    void an_extension_without_capabilities_supports_a_plain_spec() {
        assertSupported(PlainExtension.with(), spec(it -> it));
        assertThatCode(() -> PlainExtension.with().supports(spec(it -> it)).require())
                .doesNotThrowAnyException();
    }

    @Test
    void each_part_of_a_spec_needs_its_capability() {
        assertNeeds(Capability.GPU, spec(it -> it.size(new SandboxSize(1, 1, 1, new Gpu(1, "T4")))), "GPU");
        assertNeeds(Capability.REGION, spec(it -> it.region("eu-west")), "eu-west");
        assertNeeds(Capability.PORTS, spec(it -> it.ports(Set.of(8080))), "8080");
        assertNeeds(Capability.IMAGE, spec(it -> it.source(new Source.Image("debian:13", null))), "debian:13");
        assertNeeds(Capability.NETWORK_DENY, spec(it -> it.network(NetworkRules.DENY_ALL)), "deny the network");
    }

    @Test
    void a_template_has_to_be_listed_unless_it_may_be_a_snapshot() {
        var other = spec(it -> it.source(new Source.Template("other")));
        assertSupported(new PlainExtension(Set.of(), Set.of("other", "base")), other);
        assertSupported(new PlainExtension(Set.of(Capability.SNAPSHOT), Set.of("base")), other);
        assertThat(reason(new PlainExtension(Set.of(), Set.of("c", "b")), other))
                .isEqualTo("has no template \"other\"; it has b, c");
    }

    @Test
    void network_deny_does_not_include_rules_about_addresses_or_domains() {
        var denying = PlainExtension.with(Capability.NETWORK_DENY, Capability.NETWORK_ALLOW);
        assertThat(denying.networkEnforcement())
                .containsOnly(
                        Map.entry(NetworkRuleKind.ALL, Enforcement.ADDRESS),
                        Map.entry(NetworkRuleKind.CIDR, Enforcement.NONE),
                        Map.entry(NetworkRuleKind.DOMAIN, Enforcement.NONE));
        assertThat(reason(denying, allowing("10.0.0.0/8"))).contains("addresses");
        assertThat(reason(denying, allowing("example.com"))).contains("domains");
        var denied =
                new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of(NetworkTarget.parse("10.0.0.0/8")));
        assertThat(reason(denying, spec(it -> it.network(denied)))).contains("addresses");
    }

    @Test
    void nothing_is_enforced_without_a_capability() {
        assertThat(PlainExtension.with().networkEnforcement().values()).containsOnly(Enforcement.NONE);
    }

    @Test
    void an_unsupported_spec_is_refused_without_effect() {
        var support = PlainExtension.with().supports(spec(it -> it.region("moon")));
        var failure = catchThrowableOfType(ExtensionException.class, support::require);
        assertThat(failure.kind()).isEqualTo(ExtensionException.Kind.UNSUPPORTED);
        assertThat(failure.effect()).isEqualTo(ExtensionException.Effect.NOT_APPLIED);
        assertThat(failure).hasMessage(((Unsupported) support).reason());
    }

    private static void assertNeeds(Capability capability, SandboxSpec spec, String named) {
        assertThat(reason(PlainExtension.with(), spec)).contains(named);
        assertSupported(PlainExtension.with(capability), spec);
    }

    private static void assertSupported(Extension extension, SandboxSpec spec) {
        assertThat(extension.supports(spec)).isEqualTo(new Support.Supported());
    }

    private static String reason(Extension extension, SandboxSpec spec) {
        return ((Unsupported) extension.supports(spec)).reason();
    }

    private static SandboxSpec allowing(String target) {
        return spec(it ->
                it.network(new NetworkRules(NetworkPolicy.DENY, List.of(NetworkTarget.parse(target)), List.of())));
    }

    private static SandboxSpec spec(UnaryOperator<SandboxSpec.Builder> change) {
        return change.apply(SandboxSpec.builder(new Source.Template("base"), SIZE))
                .build();
    }
}
