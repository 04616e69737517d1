package dev.sandboxer.extension.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxSpecTest {
    private static final SandboxSize SIZE = new SandboxSize(1000, 512, 1024);

    @Test
    void the_defaults_ask_for_nothing() {
        var spec = builder().build();
        assertThat(spec.env()).isEmpty();
        assertThat(spec.network()).isEqualTo(NetworkRules.ALLOW_ALL);
        assertThat(spec.ports()).isEmpty();
        assertThat(spec.publicPorts()).isTrue();
        assertThat(spec.region()).isNull();
        assertThat(spec.size().gpu()).isNull();
    }

    @Test
    void a_builder_made_from_a_spec_builds_an_equal_one() {
        var spec = builder()
                .size(new SandboxSize(1, 2, 3, new Gpu(2, List.of("H100", "A100-80GB"))))
                .env(Map.of("A", "1"))
                .network(NetworkRules.DENY_ALL)
                .ports(Set.of(1, 65_535))
                .publicPorts(false)
                .region("eu-west")
                .source(new Source.Image("debian:13", new RegistryCredential("me", "secret")))
                .build();
        assertThat(spec.toBuilder().build()).isEqualTo(spec);
    }

    @Test
    void collections_are_copied() {
        var env = new HashMap<>(Map.of("A", "1"));
        var ports = new HashSet<>(Set.of(80));
        var spec = builder().env(env).ports(ports).build();
        env.put("B", "2");
        ports.add(443);
        assertThat(spec.env()).containsOnlyKeys("A");
        assertThat(spec.ports()).containsExactly(80);
        assertThatThrownBy(() -> spec.ports().add(22)).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_port_outside_1_to_65535_is_refused(int port) {
        var builder = builder().ports(Set.of(80, port));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a port: " + port + " (expected 1 to 65535)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "=", "A\0"})
    void a_name_that_no_environment_can_hold_is_refused(String name) {
        var builder = builder().env(Map.of(name, "value"));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("not the name of a variable: ")
                .doesNotContain("\0");
    }

    @Test
    void a_value_may_be_anything_without_a_nul_and_no_message_repeats_it() {
        assertThatCode(() ->
                        builder().env(Map.of("A", "=\n\t '\"", "b.c-d", "")).build())
                .doesNotThrowAnyException();
        var builder = builder().env(Map.of("KEY", "secret\0"));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KEY")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void a_blank_name_is_refused(String blank) {
        assertThatThrownBy(() -> new Source.Template(blank)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().region(blank).build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Gpu(1, blank)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian",
                "debian:13",
                "ghcr.io/owner/Repo_x/image.y:v1.2-rc+3",
                "localhost:5000/image",
                "debian@sha256:0123456789abcdef",
            })
    void an_image_reference_has_the_form_that_registries_use(String reference) {
        assertThat(new Source.Image(reference, null).reference()).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-v", "--privileged", "a b", "a\nb", "a\0", "$(x)", "a;b", "../a", "/a", "bücher"})
    void a_text_that_could_be_more_than_a_reference_is_refused(String reference) {
        assertThatThrownBy(() -> new Source.Image(reference, null))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("not an image: ")
                .doesNotContain("\n", "\0");
    }

    @Test
    void an_image_reference_has_a_bounded_length() {
        var longest = "a".repeat(Source.Image.MAX_REFERENCE_LENGTH);
        assertThat(new Source.Image(longest, null).reference()).isEqualTo(longest);
        assertThatThrownBy(() -> new Source.Image(longest + "a", null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void to_string_hides_the_values_of_variables() {
        var spec = builder().env(Map.of("API_KEY", "s3cret")).build();
        assertThat(spec.toString()).contains("API_KEY").doesNotContain("s3cret");
    }

    @Test
    void to_string_hides_the_password_of_a_registry() {
        var credential = new RegistryCredential("me", "s3cret");
        var spec = builder().source(new Source.Image("debian:13", credential)).build();
        assertThat(credential.toString()).contains("me").doesNotContain("s3cret");
        assertThat(spec.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> new RegistryCredential("me", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RegistryCredential("", "s3cret"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void a_number_of_gpus_is_positive(int count) {
        assertThatThrownBy(() -> new Gpu(count, "T4"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be at least 1, not " + count);
    }

    @Test
    void gpu_types_keep_their_order_and_are_named_once_each() {
        assertThat(new Gpu(1, List.of("H100", "A100")).types()).containsExactly("H100", "A100");
        for (var types : List.of(List.<String>of(), Arrays.asList("T4", "T4"), List.of("T4", ""))) {
            assertThatThrownBy(() -> new Gpu(1, types)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void every_part_of_a_size_is_positive() {
        assertThatThrownBy(() -> new SandboxSize(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SandboxSize(1, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SandboxSize(1, 1, 0, new Gpu(1, "T4")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static SandboxSpec.Builder builder() {
        return SandboxSpec.builder(new Source.Template("base"), SIZE);
    }
}
