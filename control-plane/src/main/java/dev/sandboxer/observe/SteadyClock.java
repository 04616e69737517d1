package dev.sandboxer.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that advances steadily even if the host's clock is set. Small corrections of the host's clock are followed at once, a larger one
 * only by {@link #follow}. All processes of a home agree, because a file in the home holds the offset between the host's uptime and the
 * time of day; a restart of the host resets it. Without such a file, each process starts from the host's time of day. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
    /** Differences below this are followed at once; usual corrections of a host's clock are smaller. */
    private static final Duration SMALL = Duration.ofSeconds(2);

    /** How long the time is taken from {@code nanoTime} alone, without reading the kernel's uptime. */
    private static final long REFRESH_NS = 500_000_000;

    /** Differences up to this are rounding errors of the clocks. */
    private static final long ROUNDING_MS = 5;

    /** The precision of the kernel's uptime. */
    private static final long UPTIME_MS = 50;

    private final Host host;
    private final @Nullable Path file;

    /** The time of day minus the uptime, in milliseconds. */
    private long offset;

    /** The offset in the file, in milliseconds. */
    private long written;

    private long uptime;
    private long nanos;
    private long fraction;
    private @Nullable Duration set;

    /**
     * The clocks of the host.
     *
     * @param wall milliseconds since 1970; anybody may set it
     * @param uptime milliseconds since the host was started, including the time in which it was suspended
     * @param nanos nanoseconds since an arbitrary moment
     * @param boot identifies this boot of the host
     */
    record Host(LongSupplier wall, LongSupplier uptime, LongSupplier nanos, String boot) {
        static Host real() throws IOException {
            var boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return new Host(System::currentTimeMillis, Host::readUptime, System::nanoTime, boot);
        }

        private static long readUptime() {
            try {
                var text = Files.readString(Path.of("/proc/uptime"));
                var seconds = text.substring(0, text.indexOf(' '));
                return Math.round(Double.parseDouble(seconds) * 1000);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    SteadyClock(Host host, @Nullable Path file) {
        this.host = host;
        this.file = file;
        this.uptime = host.uptime.getAsLong();
        this.nanos = host.nanos.getAsLong();
        this.offset = host.wall.getAsLong() - uptime;
        var known = read();
        if (known.isPresent() && isLarge(offset - known.get())) {
            set = Duration.ofMillis(offset - known.get());
            offset = known.get();
        }
        written = known.orElse(Long.MIN_VALUE / 2);
        writeIfChanged();
    }

    /**
     * Returns the clock of a home.
     *
     * @param home a directory that need not exist yet
     */
    public static InstantSource of(Path home) {
        return real(home.resolve("clock"));
    }

    /** Returns a clock for this process alone. */
    public static InstantSource ofProcess() {
        return real(null);
    }

    private static InstantSource real(@Nullable Path file) {
        try {
            return new SteadyClock(Host.real(), file);
        } catch (IOException | RuntimeException e) {
            return InstantSource.system(); // a host without /proc
        }
    }

    @Override
    public synchronized Instant instant() {
        var passed = host.nanos.getAsLong() - nanos;
        if (passed < 0 || passed > REFRESH_NS) {
            refresh(passed);
            passed = 0;
        }
        return Instant.ofEpochMilli(offset + uptime).plusNanos(fraction + passed);
    }

    private void refresh(long passed) {
        var now = host.uptime.getAsLong();
        var expected = uptime + (fraction + passed) / 1_000_000;
        var agrees = passed >= 0 && Math.abs(now - expected) <= UPTIME_MS;
        uptime = agrees ? expected : now; // otherwise the host was suspended, or nanoTime jumped
        fraction = agrees ? (fraction + passed) % 1_000_000 : 0;
        nanos = host.nanos.getAsLong();
        var difference = host.wall.getAsLong() - offset - uptime;
        if (isLarge(difference)) {
            set = Duration.ofMillis(difference);
        } else {
            set = null;
            offset += Math.abs(difference) > ROUNDING_MS ? difference : 0;
            writeIfChanged();
        }
    }

    private void writeIfChanged() {
        if (Math.abs(offset - written) > SMALL.toMillis() / 4) {
            write();
        }
    }

    private static boolean isLarge(long milliseconds) {
        return Math.abs(milliseconds) >= SMALL.toMillis();
    }

    /** Returns how far the host's clock was set ahead of this one, negative if behind; empty if they agree. */
    public synchronized Optional<Duration> difference() {
        return Optional.ofNullable(set);
    }

    /** Adopts the host's time. Call it only while no sandbox has a deadline. */
    public synchronized void follow() {
        uptime = host.uptime.getAsLong();
        nanos = host.nanos.getAsLong();
        fraction = 0;
        offset = host.wall.getAsLong() - uptime;
        set = null;
        write();
    }

    /** Returns the stored offset for this boot of the host; empty if there is none yet. */
    private Optional<Long> read() {
        if (file == null) {
            return Optional.empty();
        }
        try {
            var words = Files.readString(file).strip().split(" ");
            return words.length == 2 && words[0].equals(host.boot)
                    ? Optional.of(Long.parseLong(words[1]))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Replaces the file atomically. If that fails, other processes start from the host's time. */
    private void write() {
        written = offset;
        if (file == null) {
            return;
        }
        try {
            var fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "clock", ".new");
            try {
                Files.writeString(fresh, host.boot + " " + offset + "\n");
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            // the home does not exist or is read-only, or the disk is full
        }
    }
}
