package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/** Reads one response from a server that may be hostile. Not thread-safe. */
final class ResponseReader implements HttpParser.ResponseHandler {
    private static final int MAX_INTERIM = 32;

    private final PortConnection connection;
    private final RequestHead request;
    private final HttpParser parser;
    private final byte[] bytes = new byte[16 * 1024];

    private ByteBuffer unparsed = BufferUtil.EMPTY_BUFFER;
    private int status;
    private HttpVersion version = HttpVersion.HTTP_1_0;
    private HttpFields.Mutable headers = HttpFields.build();
    private boolean hasHead;
    private @Nullable ByteBuffer content;
    private boolean ended;
    private @Nullable String failure;

    ResponseReader(PortConnection connection, RequestHead request, int mostHeadBytes) {
        this.connection = connection;
        this.request = request;
        this.parser = new HttpParser(this, mostHeadBytes);
        parser.setHeadResponse(HttpMethod.HEAD.is(request.metaData().getMethod()));
    }

    /**
     * Reads the head of the final response; interim responses are skipped.
     *
     * @throws IOException when the input fails, ends too early, or is not HTTP
     */
    ResponseHead head() throws IOException {
        for (int interim = 0; interim <= MAX_INTERIM; interim++) {
            while (!hasHead) {
                parseOrAwait();
            }
            var head = new ResponseHead(status, headers);
            if (head.switchesProtocols() ? request.upgrade() : !HttpStatus.isInformational(status)) {
                return head;
            }
            if (head.switchesProtocols()) {
                throw new IOException("the server changed the protocol without being asked");
            }
            while (!ended) {
                parseOrAwait();
            }
            restart();
        }
        throw new IOException("the server sent more than " + MAX_INTERIM + " interim responses");
    }

    /**
     * Returns true if the next piece of the body, or its end, is available without waiting.
     *
     * @throws IOException when the body ended wrongly
     */
    boolean poll() throws IOException {
        if (content == null && !ended) {
            parse();
        }
        return content != null || ended;
    }

    /** Waits for more input. */
    void await() throws IOException {
        if (parser.isAtEOF()) {
            throw new EOFException("the server closed the connection within a response");
        }
        int length = connection.input().read(bytes);
        if (length < 0) {
            parser.atEOF();
            unparsed = BufferUtil.EMPTY_BUFFER;
        } else {
            unparsed = ByteBuffer.wrap(bytes, 0, length);
        }
    }

    /** Returns the piece of the body that {@link #poll} found, valid until the next call; null at the end. */
    @Nullable ByteBuffer take() {
        var piece = content;
        content = null;
        return piece;
    }

    /** Returns the bytes received after the head of a response that changes the protocol. */
    ByteBuffer rest() {
        return unparsed;
    }

    /** Returns true if the response has ended and its connection can take another request. */
    boolean leavesConnectionReusable() {
        return ended
                && version == HttpVersion.HTTP_1_1
                && !headers.contains(HttpHeader.CONNECTION, "close")
                && !parser.isAtEOF()
                && !unparsed.hasRemaining();
    }

    private void parseOrAwait() throws IOException {
        boolean before = hasHead;
        parse();
        if (hasHead == before && !ended && !unparsed.hasRemaining()) {
            await();
        }
    }

    private void parse() throws IOException {
        try {
            parser.parseNext(unparsed);
        } catch (AssertionError e) {
            // with assertions enabled, the parser fails to create the exception that it reports
            fail("malformed");
        }
        if (failure != null) {
            throw new IOException("the server's response is " + failure);
        }
    }

    private void restart() {
        boolean head = HttpMethod.HEAD.is(request.metaData().getMethod());
        parser.reset();
        parser.setHeadResponse(head);
        headers = HttpFields.build();
        hasHead = false;
        ended = false;
    }

    private void fail(String what) {
        if (failure == null) {
            failure = what;
        }
    }

    @Override
    public void startResponse(HttpVersion version, int status, String reason) {
        if (status > 599) {
            fail("malformed"); // RFC 9110, section 15: each client would treat it differently
        }
        this.status = status;
        this.version = version;
    }

    @Override
    public void parsedHeader(HttpField field) {
        headers.add(field);
    }

    @Override
    public boolean headerComplete() {
        hasHead = true;
        return true;
    }

    @Override
    public boolean content(ByteBuffer piece) {
        content = piece;
        return true;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public boolean messageComplete() {
        ended = true;
        return true;
    }

    @Override
    public void earlyEOF() {
        fail(hasHead ? "cut short or malformed in its body" : "missing: it closed the connection");
    }

    @Override
    public void badMessage(HttpException problem) {
        fail("malformed: " + problem.getReason());
    }
}
