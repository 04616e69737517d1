package dev.sandboxer.local.agent;

import dev.sandboxer.local.folder.SandboxFolder;
import java.time.Duration;

/** Sends an agent its new deadline. Sending and receiving the answer are separate, because a frozen agent answers only once it is thawed. */
public final class DeadlineMessage implements AutoCloseable {
    private final AgentConnection connection;

    private DeadlineMessage(AgentConnection connection) {
        this.connection = connection;
    }

    /**
     * Sends a deadline.
     *
     * @param fromNow time until the deadline; zero or less ends the sandbox
     */
    public static DeadlineMessage send(SandboxFolder folder, Timeouts timeouts, Duration fromNow) {
        var connection = AgentConnection.open(folder, timeouts.answer());
        try {
            connection.send(new FrameWriter(FrameType.DEADLINE).u64(Math.max(0, fromNow.toMillis())));
            return new DeadlineMessage(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Waits until the agent has set the deadline. */
    public void awaitAnswer() {
        connection.expect(FrameType.OK);
    }

    @Override
    public void close() {
        connection.close();
    }
}
