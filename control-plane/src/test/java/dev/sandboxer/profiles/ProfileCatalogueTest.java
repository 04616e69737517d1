package dev.sandboxer.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileCatalogueTest {
    private static final ExtensionId LOCAL = new ExtensionId("ext.local");

    private final ProfileCatalogue catalogue = new ProfileCatalogue(
            ProfileName.parse("base"), List.of(profile("local-large"), profile("base"), profile("local-small")));

    @ParameterizedTest
    @ValueSource(strings = {"base", "profile.base"})
    void finds_a_profile_with_and_without_the_prefix(String text) {
        assertThat(catalogue.get(text).name()).hasToString("profile.base");
    }

    @Test
    void a_restricted_catalogue_names_the_allowed_profiles_when_another_is_requested() {
        var part =
                catalogue.restricted(null, List.of(ProfileName.parse("local-small"), ProfileName.parse("gone")), null);

        assertThat(part.all()).extracting(Profile::name).containsExactly(ProfileName.parse("local-small"));
        assertThat(part.defaultProfile().name()).isEqualTo(ProfileName.parse("local-small"));
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> part.get("base"))
                .withMessage("profile.base is not allowed for this consumer; it may use profile.local-small")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PROFILE_NOT_ALLOWED));
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> part.get("nonsense"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_PROFILE));
    }

    @Test
    void a_restricted_catalogue_has_its_own_default_or_the_usual_one() {
        var large = ProfileName.parse("local-large");

        assertThat(catalogue.restricted(large, List.of(), null).defaultProfile().name())
                .isEqualTo(large);
        assertThat(catalogue
                        .restricted(null, List.of(large, ProfileName.parse("base")), null)
                        .defaultProfile()
                        .name())
                .isEqualTo(ProfileName.parse("base"));
        var nothing = catalogue.restricted(null, List.of(ProfileName.parse("gone")), null);
        assertThat(nothing.all()).isEmpty();
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(nothing::defaultProfile)
                .withMessage("profile.base is not allowed for this consumer; it may use none");
    }

    @Test
    void a_restricted_catalogue_cuts_times_to_live() {
        var brief = catalogue.restricted(null, List.of(), Duration.ofSeconds(1)).get("base");

        assertThat(brief.maxTtl()).isEqualTo(Duration.ofSeconds(1));
        assertThat(brief.ttl()).isEqualTo(Duration.ofSeconds(1));
        assertThat(catalogue.restricted(null, List.of(), Duration.ofDays(99)).get("base"))
                .isSameAs(catalogue.get("base"));
    }

    @Test
    void lists_by_name_and_knows_the_default() {
        assertThat(catalogue.all())
                .extracting(profile -> profile.name().value())
                .containsExactly("profile.base", "profile.local-large", "profile.local-small");
        assertThat(catalogue.defaultProfile().name()).isEqualTo(ProfileName.parse("base"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profile.bsae | profile \"profile.bsae\" not found; did you mean profile.base?"
                        + " List all with: sandboxer profiles",
                "Base | profile \"Base\" not found; did you mean profile.base? List all with: sandboxer profiles",
                "local | profile \"local\" not found; did you mean profile.local-large or profile.local-small?"
                        + " List all with: sandboxer profiles",
                "gpu | profile \"gpu\" not found; list all with: sandboxer profiles",
                "'' | profile \"\" not found; list all with: sandboxer profiles",
                "profile. | profile \"profile.\" not found; list all with: sandboxer profiles"
            })
    void suggests_the_nearest_names(String text, String message) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> catalogue.get(text))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_PROFILE));
    }

    @Test
    void a_failure_is_one_short_line_whatever_was_requested() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> catalogue.get("\u001b]0;pwned\u0007\u202e\n" + "x".repeat(1_000_000)))
                .satisfies(e ->
                        assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContainPattern("[\\p{Cntrl}\u202e]"));
    }

    @Test
    void needs_its_default_and_distinct_names() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProfileCatalogue(ProfileName.parse("ci"), List.of(profile("base"))));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ProfileCatalogue(ProfileName.parse("base"), List.of(profile("base"), profile("base"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Base", "ba se", "-base", "", "profile.", "profile.a.b", "base\n", "bäse"})
    void a_name_has_lower_case_letters_digits_and_dashes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ProfileName.parse(text));
    }

    @Test
    void a_profile_keeps_its_own_rules() {
        Duration hour = Duration.ofHours(1);
        List<ExtensionId> route = List.of(LOCAL);
        assertThatIllegalArgumentException().isThrownBy(() -> profile(List.of(), Map.of(), hour));
        assertThatIllegalArgumentException().isThrownBy(() -> profile(route, Map.of(), hour));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> profile(List.of(LOCAL, LOCAL), Map.of(LOCAL, "base"), hour));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> profile(route, Map.of(LOCAL, "base"), hour.plusMillis(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> profile(route, Map.of(LOCAL, "base"), Duration.ZERO));
        assertThat(profile(route, Map.of(LOCAL, "base"), hour).template(LOCAL)).isEqualTo("base");
    }

    private static Profile profile(String name) {
        Profile any = profile(List.of(LOCAL), Map.of(LOCAL, "base"), Duration.ofMinutes(15));
        return any.toBuilder().name(ProfileName.parse(name)).build();
    }

    private static Profile profile(List<ExtensionId> route, Map<ExtensionId, String> templates, Duration ttl) {
        return Profile.builder(ProfileName.parse("any"), new SandboxSize(1000, 512, 2048))
                .route(route)
                .templates(templates)
                .ttl(ttl)
                .maxTtl(Duration.ofHours(1))
                .build();
    }
}
