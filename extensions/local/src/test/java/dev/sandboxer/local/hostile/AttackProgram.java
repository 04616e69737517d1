package dev.sandboxer.local.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The C program with the attacks, compiled once. */
public final class AttackProgram {
    private static final List<String> SOURCES =
            List.of("attack.h", "attack.c", "kernel.c", "agent.c", "load.c", "race.c", "neighbour.c");
    private static Path program;

    private AttackProgram() {}

    /** Returns the program's path on the host. It is linked statically, so it runs in every sandbox. */
    public static synchronized Path onHost() {
        if (program == null) {
            program = compile();
        }
        return program;
    }

    private static Path compile() {
        try {
            var directory = Victim.temporaryDirectory();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Victim.onHost("rm", "-rf", directory.toString())));
            var command = new ArrayList<>(
                    List.of("gcc", "-static", "-O1", "-Wall", "-D_GNU_SOURCE", "-o", directory + "/attack"));
            for (String source : SOURCES) {
                try (var in = AttackProgram.class.getResourceAsStream("/hostile/" + source)) {
                    Files.copy(Objects.requireNonNull(in, source), directory.resolve(source));
                }
                if (source.endsWith(".c")) {
                    command.add(directory + "/" + source);
                }
            }
            Victim.onHost(command.toArray(String[]::new));
            return directory.resolve("attack");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
