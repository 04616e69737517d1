package dev.sandboxer.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.Extension;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles Java source text and puts the classes into a jar, as the build of a third party does. */
public final class JarBuilder {
    public static final String SERVICE = "META-INF/services/" + Extension.class.getName();

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /**
     * Returns a builder with an extension {@code box.Box} of this id.
     *
     * @param constructor statements of its constructor
     */
    public static JarBuilder extension(String id, String constructor) {
        return new JarBuilder().service("box.Box").source("box.Box", source(id, constructor, ""));
    }

    /**
     * Returns the source of an extension {@code box.Box}.
     *
     * @param constructor statements of its constructor
     * @param members further members of the class
     */
    public static String source(String id, String constructor, String members) {
        return """
                package box;

                import dev.sandboxer.extension.*;
                import dev.sandboxer.extension.spec.*;
                import java.util.*;

                public class Box implements Extension {
                    public Box() { %s }
                    public ExtensionId id() { return new ExtensionId("%s"); }
                    public String description() { return "a box"; }
                    public boolean metered() { return false; }
                    public Set<Capability> capabilities() { return Set.of(); }
                    public List<CredentialField> credentialFields() { return List.of(); }
                    public Set<String> templates() { return Set.of("base"); }
                    public HostReport checkHost(ExtensionContext context) { return new HostReport(List.of()); }
                    public Backend open(ExtensionContext context, Credential credential) { throw new IllegalStateException("no account"); }
                    %s
                }
                """.formatted(constructor, id, members);
    }

    public JarBuilder service(String... classes) {
        return entry(SERVICE, String.join("\n", classes).getBytes(UTF_8));
    }

    public JarBuilder entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    public JarBuilder without(String name) {
        entries.remove(name);
        return this;
    }

    /** Compiles a class against the tests' class path and the classes that are already in this jar. */
    public JarBuilder source(String name, String text) {
        try {
            var directory = Files.createTempDirectory("javac");
            for (var entry : entries.entrySet()) {
                var file = directory.resolve(entry.getKey());
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
            }
            compile(directory, name, text);
            try (var files = Files.walk(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    entries.put(directory.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            delete(directory);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void compile(Path directory, String name, String text) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
            var path = new ArrayList<Path>(List.of(directory));
            files.getLocationAsPaths(StandardLocation.CLASS_PATH).forEach(path::add);
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, path);
            var said = new StringWriter();
            var source =
                    new SimpleJavaFileObject(
                            URI.create("string:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return text;
                        }
                    };
            if (!compiler.getTask(said, files, null, List.of("-proc:none"), null, List.of(source))
                    .call()) {
                throw new IllegalArgumentException(said.toString());
            }
        }
    }

    public byte[] content(String name) {
        return entries.get(name);
    }

    /** Writes the jar into a home's directory for extensions, which is created as needed. */
    public Path into(Path home, String file) throws IOException {
        var jar = Files.createDirectories(home.resolve("extensions")).resolve(file);
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }
}
