package dev.sandboxer.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.sandboxer.observe.Redactor;
import java.nio.charset.StandardCharsets;

/** Removes secrets from all parts of each log line. */
final class RedactingEncoder extends EncoderBase<ILoggingEvent> {
    private final Encoder<ILoggingEvent> lines;

    /**
     * @param lines encodes the lines as UTF-8
     */
    RedactingEncoder(Encoder<ILoggingEvent> lines) {
        this.lines = lines;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return Redactor.clean(new String(lines.encode(event), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return lines.headerBytes();
    }

    @Override
    public byte[] footerBytes() {
        return lines.footerBytes();
    }
}
