package dev.sandboxer.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process that writes: {@code FILE NAME TRANSACTIONS MILLISECONDS}. It runs that number of transactions, each of which inserts the name
 * and lasts that many milliseconds.
 */
final class WriterProcess {
    private WriterProcess() {}

    /** Starts the process. It prints "ready", and writes once it has read a line. */
    static Process start(Path file, String name, int transactions, Duration length) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        file.toString(),
                        name,
                        Integer.toString(transactions),
                        Long.toString(length.toMillis())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws Exception {
        try (var database = SqliteDatabase.open(Path.of(args[0]))) {
            System.out.println("ready");
            System.out.flush();
            if (System.in.read() < 0) {
                return;
            }
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                database.write(handle -> {
                    handle.execute("INSERT INTO turns (name) VALUES (?)", args[1]);
                    System.out.println("writing");
                    System.out.flush();
                    pause(Long.parseLong(args[3]));
                });
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
