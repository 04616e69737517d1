package dev.sandboxer.cli;

import dev.sandboxer.config.Cpus;
import dev.sandboxer.config.Durations;
import dev.sandboxer.config.Sizes;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** Values with units on the command line. What is none is a wrong command line, as {@link UsageErrors} says. */
final class Units {
    private Units() {}

    /** Such as 90s. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Durations.parse(text);
        }
    }

    /** Such as 0.5, in thousandths. */
    static final class Cpu implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return Cpus.parseMillis(text);
        }
    }

    /** Such as 4GiB, in MiB. */
    static final class Size implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return Sizes.parseMiB(text);
        }
    }
}
