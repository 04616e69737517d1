package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.LiveExchange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final String TOKEN = "secret-token";
    private static final String FOR_READING = "v1_8CJoo7NXnjhOTS+9zISze0SlgZcusBPO6FuPqtpJUv0";
    private static final String FOR_WRITING_UNTIL = "v1_b/ry4oOdRO2i8TtAcCOGEbXc7fDNdqPVYiNFmygdBb8";
    private static final Signature READ = new Signature(FOR_READING, "/home/user/ä b.txt", "read", "", null);
    private static final Signature WRITE =
            new Signature(FOR_WRITING_UNTIL, "/home/user/ä b.txt", "write", "root", "1700000000");

    @Test
    void a_signature_made_by_the_same_rule_is_valid() {
        assertThat(READ.madeWith(TOKEN)).isTrue();
        assertThat(WRITE.madeWith(TOKEN)).isTrue();
        assertThat(new Signature(FOR_READING + "=", READ.path(), "read", "", null).madeWith(TOKEN))
                .as("with the padding that some encoders write")
                .isTrue();
    }

    @Test
    void changing_any_signed_value_makes_it_invalid() {
        assertThat(READ.madeWith("Secret-token")).isFalse();
        assertThat(READ.madeWith("")).isFalse();
        assertThat(new Signature(FOR_READING, "/home/user/ä b.txt ", "read", "", null).madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_READING, "/home/user/a b.txt", "read", "", null).madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_READING, READ.path(), "write", "", null).madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_READING, READ.path(), "read", "root", null).madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_READING, READ.path(), "read", "", "1700000000").madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_WRITING_UNTIL, WRITE.path(), "write", "root", "1700000001").madeWith(TOKEN))
                .isFalse();
        assertThat(new Signature(FOR_WRITING_UNTIL, WRITE.path(), "write", "root", null).madeWith(TOKEN))
                .isFalse();
    }

    @Test
    void every_character_of_the_signature_counts() {
        for (int i = 0; i < FOR_READING.length(); i++) {
            var other = FOR_READING.charAt(i) == 'x' ? 'y' : 'x';
            var tampered = FOR_READING.substring(0, i) + other + FOR_READING.substring(i + 1);
            assertThat(new Signature(tampered, READ.path(), "read", "", null).madeWith(TOKEN))
                    .as(tampered)
                    .isFalse();
        }
        for (String wrong : new String[] {"", "v1_", FOR_READING.substring(3), FOR_READING + "A", " " + FOR_READING}) {
            assertThat(new Signature(wrong, READ.path(), "read", "", null).madeWith(TOKEN))
                    .as(wrong)
                    .isFalse();
        }
    }

    @Test
    void it_expires_after_the_second_it_names() {
        assertThat(WRITE.expired(Instant.ofEpochSecond(1_700_000_000))).isFalse();
        assertThat(WRITE.expired(Instant.ofEpochSecond(1_700_000_001))).isTrue();
        assertThat(READ.expired(Instant.MAX)).as("without an expiration").isFalse();
    }

    @Test
    void an_invalid_expiration_counts_as_expired() {
        for (String odd : new String[] {"", "never", "1e12", "99999999999999999999", "17 ", "0x7f"}) {
            assertThat(new Signature("v1_x", "p", "read", "", odd).expired(Instant.EPOCH))
                    .as(odd)
                    .isTrue();
        }
    }

    @Test
    void it_is_taken_from_the_query_and_the_method() {
        try (var live = new LiveExchange()) {
            assertThat(live.get("/files?path=%2Fa%20b&signature=v1_x&username=root&signature_expiration=5", this::of))
                    .isEqualTo(new Signature("v1_x", "/a b", "read", "root", "5"));
            assertThat(live.ask("POST", "/files?signature=v1_%2B", this::of))
                    .isEqualTo(new Signature("v1_+", "", "write", "", null));
            assertThat(live.ask("HEAD", "/files?signature=s", this::of).operation())
                    .isEqualTo("read");
            assertThat(live.get("/files?path=x", this::of)).isNull();
        }
    }

    private @Nullable Signature of(HttpExchange exchange) {
        return Signature.of(exchange);
    }
}
