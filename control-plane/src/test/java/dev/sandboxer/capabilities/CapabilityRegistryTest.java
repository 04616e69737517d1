package dev.sandboxer.capabilities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.capabilities.RegisteredCapability.Status;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import org.junit.jupiter.api.Test;

class CapabilityRegistryTest {
    private static final String GROUPS = "groups:\n  A: Backends\n";

    @Test
    void the_built_in_registry_has_the_ids_that_others_rely_on() {
        var registry = CapabilityRegistry.builtIn();

        assertThat(registry.capabilities())
                .extracting(RegisteredCapability::id)
                .contains("A5", "C5")
                .doesNotHaveDuplicates();
        assertThat(registry.groups().keySet()).containsExactly("A", "B", "C", "D", "E", "F");
    }

    @Test
    void an_entry_has_a_description_its_extensions_and_its_evidence() {
        var registry = CapabilityRegistry.parse(GROUPS + """
                capabilities:
                  A1:
                    name: Clouds
                    about: In a cloud
                    status: partial
                    missing: rain
                    extensions: [ext.one, ext.two]
                    declares: [network_deny]
                    evidence: [extensions/one:OneIT, conformance:files]
                """);

        assertThat(registry.capabilities()).singleElement().satisfies(one -> {
            assertThat(one.group()).isEqualTo("A");
            assertThat(one.status()).isEqualTo(Status.PARTIAL);
            assertThat(one.missing()).isEqualTo("rain");
            assertThat(one.extensions()).containsExactly(new ExtensionId("ext.one"), new ExtensionId("ext.two"));
            assertThat(one.declares()).containsExactly(Capability.NETWORK_DENY);
            assertThat(one.evidence())
                    .containsExactly(new Evidence("extensions/one", "OneIT"), new Evidence("conformance", "files"));
        });
    }

    @Test
    void every_mistake_is_reported() {
        refused("status: perhaps, evidence: [a:B]", "not a status");
        refused("status: available", "evidence", "unless the status is planned");
        refused("status: planned, evidence: [a:B]", "evidence");
        refused("status: partial, evidence: [a:B]", "missing");
        refused("status: available, missing: rain, evidence: [a:B]", "missing");
        refused("status: available, evidence: [NoModule]", "not a test");
        refused("status: available, evidence: [a:B], declares: [fly]", "fly");
        refused("status: available, evidence: [a:B], extensions: [one]", "not an extension id");
        refused("status: available, evidence: [a:B], proof: x", "proof");
    }

    private static void refused(String fields, String... said) {
        var text = GROUPS + "capabilities:\n  A1: {name: N, about: O, " + fields + "}\n";
        assertThatThrownBy(() -> CapabilityRegistry.parse(text))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .contains("capabilities.A1")
                .contains(said);
    }

    @Test
    void an_id_without_a_group_and_one_of_another_form_are_refused() {
        var fields = ": {name: N, about: O, status: planned}\n";
        assertThatThrownBy(() -> CapabilityRegistry.parse(GROUPS + "capabilities:\n  B1" + fields))
                .hasMessageContaining("its group has no name");
        assertThatThrownBy(() -> CapabilityRegistry.parse(GROUPS + "capabilities:\n  a1" + fields))
                .hasMessageContaining("not an id");
    }
}
