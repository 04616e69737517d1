package dev.sandboxer.http;

import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.NanoTime;

/**
 * A request that is answered before all of it was read, a refused upload say. Closing the connection then would break the
 * client's writing, and it would never read the answer: so the answer is sent, and the rest is read and thrown away.
 */
final class RestOfBody {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private RestOfBody() {}

    static void takeAfterAnswer(Request request, Response response) throws IOException {
        if (atEnd(request)) {
            return;
        }
        if (!response.hasLastWrite()) {
            Content.Sink.write(response, true, BufferUtil.EMPTY_BUFFER);
        }
        var begun = NanoTime.now();
        var piece = new byte[16 << 10];
        try (var rest = Content.Source.asInputStream(request)) {
            while (rest.read(piece) >= 0) {
                if (NanoTime.since(begun) > LONGEST.toNanos()) {
                    throw new IOException("the rest of the request took too long");
                }
            }
        }
    }

    private static boolean atEnd(Request request) {
        var chunk = request.read();
        if (chunk == null) {
            return false;
        }
        chunk.release();
        return chunk.isLast();
    }
}
