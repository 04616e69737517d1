package dev.sandboxer.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of a server, on stderr: plain text on a terminal, JSON otherwise. */
public final class ServerLog {
    private static final String PROVIDER = "slf4j.provider";

    private ServerLog() {}

    /**
     * Turns the log of this process on or off. To be called before the first logger is created.
     *
     * @param logs true for a server, false for a command
     */
    public static void choose(boolean logs) {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty(
                PROVIDER,
                logs ? "ch.qos.logback.classic.spi.LogbackServiceProvider" : "org.slf4j.nop.NOPServiceProvider");
    }

    /**
     * Sets up the log. Call {@link #choose} first.
     *
     * @param terminal true = plain text, false = JSON
     */
    public static void configure(boolean terminal) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        var encoder = new RedactingEncoder(terminal ? forPeople(context) : json(context));
        encoder.setContext(context);
        encoder.start();
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.sandboxer").setLevel(Level.INFO);
        context.getLogger("access").setLevel(Level.INFO);
    }

    private static Encoder<ILoggingEvent> forPeople(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %msg  %kvp{NONE}%n%ex{short}");
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        var encoder = new JsonLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
