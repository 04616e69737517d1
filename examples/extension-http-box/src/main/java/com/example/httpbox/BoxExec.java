package com.example.httpbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.Command;
import dev.sandboxer.extension.support.Exec;
import dev.sandboxer.extension.support.Execution;
import java.io.IOException;

/**
 * Runs commands in one box.
 *
 * @param path the box's path at the service
 * @param alive throws when the box has ended
 */
record BoxExec(BoxClient client, String path, Runnable alive) implements Exec {
    private static final int MAX_TEXT_BYTES = 1000;

    @Override
    public Execution start(Command command) {
        var words = String.join("\0", command.argv()) + "\0";
        var response = client.stream(path + "/commands?input=" + command.stdin(), words.getBytes(UTF_8));
        if (response.statusCode() != 200) {
            try (var body = response.body()) {
                throw BoxClient.failure(response, new String(body.readNBytes(MAX_TEXT_BYTES), UTF_8));
            } catch (IOException e) {
                throw ExtensionException.unknown(Kind.TRANSIENT, "the service's response was cut off", e);
            }
        }
        var number = response.headers().firstValue("X-Command").orElse("0");
        return BoxExecution.reading(response.body(), client, path + "/commands/" + number + "/input", alive);
    }

    void requireAlive() {
        alive.run();
    }
}
