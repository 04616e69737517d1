package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
    private static final String URL = "https://billing.example.com:8443/api/events";
    private static final String SECRET = "whsec_c2V0dGluZ3MtZmFrZS1zZWNyZXQtZm9yLXRlc3Rz";

    @TempDir
    private Path directory;

    @Test
    void hubs_have_no_url_unless_they_are_given_one() {
        assertThat(HubSettings.read(Map.of()).endpoints()).isEmpty();
        assertThat(HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", " ")).endpoints())
                .isEmpty();

        var settings = HubSettings.read(Map.of("SANDBOXER_STATE_HUB_URL", URL));
        assertThat(settings.isConfigured(Hub.STATE_HUB)).isTrue();
        assertThat(settings.isConfigured(Hub.FIN_HUB)).isFalse();
        assertThat(settings.location(Hub.STATE_HUB)).contains(URL);
        assertThat(settings.location(Hub.FIN_HUB)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h/x",
                "file:///etc/passwd",
                "billing.example.com",
                "//h/x",
                "http://",
                "http:///x",
                "http:h",
                "http://user:fake-password@h/x",
                "http://fake-password@h_h/x",
                "http://h:0/",
                "http://h:99999/",
                "http://h/#fake-password",
                "http://h/a b",
                "http://h_h/x"
            })
    void an_unusable_url_is_refused_without_being_shown(String url) {
        assertThatThrownBy(() -> HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", url)))
                .isInstanceOfSatisfying(SandboxException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
                    assertThat(e).hasMessageStartingWith("SANDBOXER_FIN_HUB_URL ");
                    assertThat(e.getMessage()).doesNotContain("fake-password");
                    assertThat(e.getCause()).isNull();
                });
    }

    @Test
    void secrets_come_from_a_variable_or_a_file_and_are_hidden_from_then_on() throws IOException {
        var file = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        var settings = HubSettings.read(Map.of(
                "SANDBOXER_FIN_HUB_URL",
                URL + "?token=fake-query-token",
                "SANDBOXER_FIN_HUB_SECRET_FILE",
                file.toString(),
                "SANDBOXER_STATE_HUB_URL",
                URL,
                "SANDBOXER_STATE_HUB_SECRET",
                SECRET + " " + SECRET));

        assertThat(signer(settings, Hub.FIN_HUB)).isNotNull();
        assertThat(signer(settings, Hub.STATE_HUB)).isNotNull();
        assertThat(settings.toString() + settings.endpoints() + settings.location(Hub.FIN_HUB))
                .doesNotContain("fake", SECRET.substring(6));
        assertThat(Redactor.clean(SECRET + "|" + SECRET.substring(6) + "|fake-query-token"))
                .isEqualTo("[hidden]|[hidden]|[hidden]");
    }

    private static StandardWebhooks signer(HubSettings settings, Hub hub) {
        return Objects.requireNonNull(settings.endpoints().get(hub)).signer();
    }

    @Test
    void an_unusable_secret_is_refused_by_the_name_of_its_variable() throws IOException {
        var empty = Files.createFile(directory.resolve("empty"));
        assertRefused("SANDBOXER_FIN_HUB_SECRET", "fake-malformed", "SANDBOXER_FIN_HUB_SECRET: ");
        assertRefused("SANDBOXER_STATE_HUB_SECRET_FILE", empty.toString(), "SANDBOXER_STATE_HUB_SECRET_FILE: ");
        assertRefused("SANDBOXER_FIN_HUB_SECRET_FILE", directory + "/missing", "SANDBOXER_FIN_HUB_SECRET_FILE names ");
        assertRefused("SANDBOXER_FIN_HUB_SECRET_FILE", directory.toString(), "SANDBOXER_FIN_HUB_SECRET_FILE names ");
        assertThatThrownBy(() -> HubSettings.read(
                        Map.of("SANDBOXER_FIN_HUB_SECRET", SECRET, "SANDBOXER_FIN_HUB_SECRET_FILE", empty.toString())))
                .hasMessageContaining("unset one of them");
    }

    private static void assertRefused(String variable, String value, String message) {
        assertThatThrownBy(() -> HubSettings.read(Map.of(variable, value)))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("fake-malformed");
    }
}
