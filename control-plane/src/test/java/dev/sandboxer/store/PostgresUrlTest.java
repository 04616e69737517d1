package dev.sandboxer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.store.PostgresAddress.Host;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {
    private static final String CANARY = "fake-canary-4711";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ann:fake-canary-4711@db.example:5433/boxes?sslmode=verify-full",
                "postgres://ann:fake-canary-4711@db.example:5433/boxes?sslmode=verify-full",
                "jdbc:postgresql://db.example:5433/boxes?user=ann&password=fake-canary-4711&sslmode=verify-full",
                "postgresql://db.example:5433/boxes?sslmode=verify-full&user=ann&password=fake-canary-4711",
                "postgresql://a%6En:fake%2dcanary-4711@db.example:5433/b%6Fxes?sslmode=verify-full"
            })
    void both_forms_mean_the_same(String url) {
        var address = PostgresUrl.parse(url);

        assertThat(address.hosts()).containsExactly(new Host("db.example", 5433));
        assertThat(address.database()).isEqualTo("boxes");
        assertThat(address.user()).isEqualTo("ann");
        assertThat(address.password()).isEqualTo(CANARY);
        assertThat(address.parameters()).isEqualTo(Map.of("sslmode", "verify-full"));
        assertThat(address.location()).isEqualTo("postgresql://db.example:5433/boxes");
        assertThat(address.toString()).doesNotContain(CANARY).doesNotContain("ann");
    }

    @Test
    void a_password_may_hold_any_character_that_is_encoded_and_an_at_sign_that_is_not() {
        assertThat(PostgresUrl.parse("postgresql://u:p%40%2F%3A%3F%25+1@h/d").password())
                .isEqualTo("p@/:?%+1");
        assertThat(PostgresUrl.parse("postgresql://u:p@ss:w@h/d").password()).isEqualTo("p@ss:w");
    }

    @Test
    void port_user_and_password_may_be_left_out_and_hosts_may_be_several() {
        var bare = PostgresUrl.parse("postgresql://h/d");
        assertThat(bare.hosts()).containsExactly(new Host("h", 5432));
        assertThat(bare.user()).isNull();
        assertThat(bare.password()).isNull();

        assertThat(PostgresUrl.parse("postgresql://u@[::1]:5433,h2/d").location())
                .isEqualTo("postgresql://[::1]:5433,h2:5432/d");
    }

    @Test
    void parameters_of_the_c_library_get_the_names_of_the_driver() {
        var url = "postgresql://h/d?connect_timeout=3&target_session_attrs=read-write&channel_binding=require";
        assertThat(PostgresUrl.parse(url).parameters())
                .isEqualTo(Map.of("connectTimeout", "3", "targetServerType", "primary", "channelBinding", "require"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:fake-canary-4711@h/d",
                "u:fake-canary-4711@h/d",
                "postgresql:u:fake-canary-4711@h/d",
                "postgresql://u:fake-canary-4711@h",
                "postgresql://u:fake-canary-4711@h/",
                "postgresql://u:fake-canary-4711@/d",
                "postgresql://u:fake-canary-4711",
                "postgresql://u:fake-canary-4711/d",
                "postgresql://u:1/fake-canary-4711@h/d",
                "postgresql://u:fake-canary-4711@h:port/d",
                "postgresql://u:fake-canary-4711@h:0/d",
                "postgresql://u:fake-canary-4711@h:65536/d",
                "postgresql://u:fake-canary-4711%@h/d",
                "postgresql://u:fake-canary-4711%zz@h/d",
                "postgresql://u:fake-canary-4711 @h h/d",
                "postgresql://h/d?fake-canary-4711",
                "postgresql://h/d?password=fake-canary-4711%q"
            })
    void a_malformed_url_is_refused_and_no_part_of_it_is_repeated(String url) {
        assertThatThrownBy(() -> PostgresUrl.parse(url))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessageContaining("SANDBOXER_DATABASE_URL is malformed")
                .hasMessageContaining("SANDBOXER_DATABASE_PASSWORD_FILE")
                .satisfies(e -> assertThat(trace(e)).doesNotContain("canary"));
    }

    @Test
    void a_parameter_that_the_driver_does_not_know_is_refused() {
        for (String parameter : new String[] {"fake-canary-4711=1", "connectTimeout=soon"}) {
            var environment = Map.of(PostgresUrl.VARIABLE, "postgresql://u@127.0.0.1:1/d?" + parameter);
            assertThatThrownBy(() -> PostgresDatabase.open(environment))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                    .satisfies(e -> assertThat(trace(e)).doesNotContain("canary"));
        }
    }

    @Test
    void a_password_file_takes_precedence_over_the_url(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("password"), "fake-canary-0815\n");

        var address = PostgresDatabase.address(Map.of(
                PostgresUrl.VARIABLE, "postgresql://u:other@h/d", PostgresDatabase.PASSWORD_FILE, file.toString()));

        assertThat(address.password()).isEqualTo("fake-canary-0815");
        assertThat(Redactor.clean("it is fake-canary-0815")).isEqualTo("it is [hidden]");
    }

    @Test
    void a_password_file_that_is_missing_or_empty_is_named(@TempDir Path directory) throws IOException {
        var empty = Files.createFile(directory.resolve("empty"));
        for (Path file : new Path[] {empty, directory.resolve("missing")}) {
            var environment =
                    Map.of(PostgresUrl.VARIABLE, "postgresql://u@h/d", PostgresDatabase.PASSWORD_FILE, file.toString());
            assertThatThrownBy(() -> PostgresDatabase.address(environment))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void the_redactor_knows_the_password_as_it_is_written_in_the_url() {
        PostgresUrl.parse("postgresql://u:fake%2Fcanary%2F42@h/d");

        assertThat(Redactor.clean("u:fake%2Fcanary%2F42@h and fake/canary/42")).isEqualTo("u:[hidden]@h and [hidden]");
    }

    static String trace(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
