package dev.sandboxer.http.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.http.LiveExchange;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.FilesystemProto.EntryInfo;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListAnswerTest {
    private static final SandboxId MINE = new SandboxId("mine");
    private static final SandboxId OTHER = new SandboxId("other");
    private static final long LIMIT = 1 << 20;

    @AutoClose
    private final LiveExchange live = new LiveExchange();

    private final AnswerSpace space = new AnswerSpace(() -> LIMIT);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5_000})
    void a_list_that_is_written_element_by_element_is_the_message_as_a_whole(int count) {
        var whole = ListDirResponse.newBuilder();
        for (int i = 0; i < count; i++) {
            whole.addEntries(entry(i, ""));
        }

        var answer = live.answer(
                exchange -> {
                    try (var held = space.open(MINE)) {
                        var list = new ListAnswer(Codec.JSON, "entries", held);
                        whole.getEntriesList().forEach(list::add);
                        list.end();
                        held.send(exchange, "application/json");
                    }
                },
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        assertThat(answer.body()).isEqualTo(new String(Codec.JSON.write(whole.build()), StandardCharsets.UTF_8));
        await().untilAsserted(() -> assertThat(space.held()).isZero()); // released after the answer
    }

    @Test
    void the_first_piece_of_an_answer_is_limited_too() {
        assertThatThrownBy(() -> space.reserve(MINE, LIMIT + 1, 0)).isInstanceOf(ConnectException.class);
        assertThat(space.held()).isZero();
    }

    @Test
    void a_binary_list_is_the_message_as_a_whole() {
        var whole = ListDirResponse.newBuilder()
                .addEntries(entry(1, ""))
                .addEntries(entry(2, "x".repeat(300)))
                .build();

        var answer = live.answer(
                exchange -> {
                    try (var held = space.open(MINE)) {
                        var list = new ListAnswer(Codec.BINARY, "entries", held);
                        whole.getEntriesList().forEach(list::add);
                        list.end();
                        held.send(exchange, "application/proto");
                    }
                },
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        assertThat(answer.body()).isEqualTo(new String(Codec.BINARY.write(whole), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void an_endless_answer_is_refused_within_the_limit(Codec codec) {
        var longName = "n".repeat(4000);
        try (var held = space.open(MINE)) {
            var list = new ListAnswer(codec, "entries", held);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            list.add(entry(i, longName));
                        }
                    })
                    .isInstanceOfSatisfying(
                            ConnectException.class,
                            e -> assertThat(e.error().code()).isEqualTo(ConnectCode.RESOURCE_EXHAUSTED))
                    .hasMessageContaining("more than 1 MiB; ask for less");
            assertThat(space.held()).isLessThanOrEqualTo(LIMIT);
        }
        assertThat(space.held()).isZero();
    }

    @Test
    void answers_of_one_sandbox_share_a_limit_and_do_not_affect_its_neighbours() {
        try (var first = space.open(MINE);
                var second = space.open(MINE);
                var neighbours = space.open(OTHER)) {
            first.add(new byte[(int) LIMIT - 1000]);

            assertThatThrownBy(() -> second.add(new byte[2000]))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("pending answers for this sandbox");
            neighbours.add(new byte[(int) LIMIT - 1000]);
            assertThat(space.held()).isLessThanOrEqualTo(2 * LIMIT);
        }
        try (var again = space.open(MINE)) {
            again.add(new byte[(int) LIMIT]);
        }
    }

    private static EntryInfo entry(int number, String suffix) {
        return EntryInfo.newBuilder()
                .setName("f" + number + suffix)
                .setPath("/a/f" + number + suffix)
                .setSize(number)
                .build();
    }
}
