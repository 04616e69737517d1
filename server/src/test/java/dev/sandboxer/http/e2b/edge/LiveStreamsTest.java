package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveStreamsTest {
    private static final SandboxId ONE = new SandboxId("one");
    private static final SandboxId OTHER = new SandboxId("other");

    private final LiveStreams streams = new LiveStreams();
    private final List<String> cut = new ArrayList<>();

    private LiveStreams.Registration add(SandboxId sandbox, String name) {
        return streams.add(sandbox, () -> cut.add(name));
    }

    @Test
    void only_open_calls_of_the_sandbox_are_cut() {
        add(ONE, "a");
        add(OTHER, "b");
        add(ONE, "ended").close();

        streams.cutAll(ONE);

        assertThat(cut).containsExactly("a");
    }

    @Test
    void calls_of_sandboxes_that_no_longer_run_are_cut() {
        add(ONE, "a");
        add(OTHER, "b");

        streams.cutAllExcept(ONE::equals);

        assertThat(cut).containsExactly("b");
    }

    @Test
    void a_connection_can_be_cut_until_it_is_closed() {
        var connection = new Connection();
        var tracked = streams.add(ONE, connection);

        streams.cutAll(ONE);
        assertThat(connection.closed).isEqualTo(1);

        tracked.close();
        streams.cutAll(ONE);
        assertThat(connection.closed).isEqualTo(2);
    }

    private static final class Connection implements PortConnection {
        private int closed;

        @Override
        public InputStream input() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream output() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {
            closed++;
        }
    }
}
