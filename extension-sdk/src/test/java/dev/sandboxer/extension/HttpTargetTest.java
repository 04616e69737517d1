package dev.sandboxer.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.feature.HttpTarget;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTest {
    @Test
    void its_text_shows_the_names_of_headers_but_not_their_values() {
        var target = new HttpTarget(URI.create("https://host:8443/path"), Map.of("X-Token", "s3cret"));
        assertThat(target.toString())
                .contains("https://host:8443/path", "X-Token")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "file:///etc/passwd",
                "mailto:me@host",
                "//host",
                "host",
                "http:///path",
                "http://user:s3cret@host",
                "http://host/?token=s3cret",
                "http://host/#part",
                "http://host/path/",
                "http://host/",
            })
    void an_invalid_origin_is_refused_and_its_secrets_are_not_repeated(String origin) {
        assertThatThrownBy(() -> new HttpTarget(URI.create(origin), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("s3cret");
    }
}
