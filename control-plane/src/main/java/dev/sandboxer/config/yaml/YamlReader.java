package dev.sandboxer.config.yaml;

import dev.sandboxer.config.yaml.YamlNode.Broken;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlNode.Mapping;
import dev.sandboxer.config.yaml.YamlNode.Sequence;
import dev.sandboxer.config.yaml.YamlNode.Text;
import dev.sandboxer.profiles.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one YAML document into nodes that know their place.
 *
 * <p>Works on the parser's events because that starts fastest, and leaves each scalar the text that was written: what
 * it means depends on where it stands. An alias stands for the very node it names, so that memory stays small, but
 * counts with all that is below, so that a few lines of aliases can't keep a reader busy for ever.
 *
 * <p>A proper file meets no {@code switch} over types, no stream and no hashing of records, here and in the rest of the
 * package: the first of each costs a starting JVM about as much as the parsing.
 */
public final class YamlReader {
    public static final int MOST_NODES = 20_000;
    public static final int DEEPEST = 20;

    private final ParserImpl events;
    private final Problems problems;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    private YamlReader(String text, Problems problems) {
        // in one piece: 3.0.1 fails where a character of two chars lies across the end of a piece (usually of 1,025)
        LoadSettings settings =
                LoadSettings.builder().setBufferSize(text.length() + 2).build();
        this.events = new ParserImpl(settings, new StreamReader(settings, text));
        this.problems = problems;
    }

    /** The document, or null when there is none: nothing is in the file, or a syntax error has been reported. */
    public static @Nullable YamlNode read(String text, Problems problems) {
        try {
            return new YamlReader(text, problems).document();
        } catch (TooMuchYaml e) {
            problems.add(e.line(), e.column(), e.path(), e.problem());
        } catch (RuntimeException e) {
            YamlSyntax.report(e, text, problems);
        }
        return null;
    }

    private @Nullable YamlNode document() {
        expect(Event.ID.StreamStart);
        if (events.checkEvent(Event.ID.StreamEnd)) {
            return null;
        }
        expect(Event.ID.DocumentStart);
        YamlNode root = node("", 0);
        expect(Event.ID.DocumentEnd);
        if (!events.checkEvent(Event.ID.StreamEnd)) {
            Event next = events.next();
            problems.add(line(next), column(next), "", "a second document begins here; only one is read");
        }
        return root;
    }

    private YamlNode node(String path, int depth) {
        Event event = events.next();
        count(1, event, path);
        if (depth > DEEPEST) {
            throw new TooMuchYaml(line(event), column(event), path, "nested more than " + DEEPEST + " levels deep");
        }
        if (event instanceof AliasEvent alias) {
            return aliased(alias, path);
        }
        int before = nodes;
        YamlNode node;
        Optional<String> tag;
        if (event instanceof ScalarEvent scalar) {
            node = new Text(scalar.getValue(), scalar.isPlain(), line(scalar), column(scalar));
            tag = scalar.getTag();
        } else {
            boolean mapping = event instanceof MappingStartEvent;
            node = mapping ? mapping(event, path, depth) : sequence(event, path, depth);
            tag = ((CollectionStartEvent) event).getTag();
        }
        if (tag.isPresent()) {
            problems.add(node, path, "YAML tags (here " + Spelling.shortened(tag.get()) + ") have no meaning here");
            node = new Broken(node.line(), node.column());
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        if (anchor.isPresent()) {
            anchors.put(anchor.get(), new Anchored(node, nodes - before));
        }
        return node;
    }

    private YamlNode mapping(Event start, String path, int depth) {
        List<Entry> entries = new ArrayList<>();
        Map<String, Text> seen = new HashMap<>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            YamlNode key = node(path, depth + 1);
            if (!(key instanceof Text text)) {
                if (!(key instanceof Broken)) {
                    problems.add(key, path, "a key has to be a text");
                }
                node(path, depth + 1);
                continue;
            }
            String keyPath = YamlNode.join(path, Spelling.shortened(text.value()));
            YamlNode value = node(keyPath, depth + 1);
            Text first = seen.putIfAbsent(text.value(), text);
            if (first == null) {
                entries.add(new Entry(text, value));
            } else {
                problems.add(text, keyPath, "is here twice, first in line " + first.line());
            }
        }
        events.next();
        return new Mapping(entries, line(start), column(start));
    }

    private YamlNode sequence(Event start, String path, int depth) {
        List<YamlNode> items = new ArrayList<>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(path + "[" + items.size() + "]", depth + 1));
        }
        events.next();
        return new Sequence(items, line(start), column(start));
    }

    private YamlNode aliased(AliasEvent alias, String path) {
        // An anchor is known when its node is complete, so an alias never leads into itself.
        Anchored target = anchors.get(alias.getAlias());
        if (target == null) {
            problems.add(line(alias), column(alias), path, "*" + alias.getAlias() + " names no anchor before it");
            return new Broken(line(alias), column(alias));
        }
        count(target.nodesBelow, alias, path);
        return target.node;
    }

    private void count(int more, Event at, String path) {
        nodes += more;
        if (nodes > MOST_NODES) {
            throw new TooMuchYaml(
                    line(at), column(at), path, "more than " + MOST_NODES + " values, with those behind aliases");
        }
    }

    private void expect(Event.ID id) {
        Event event = events.next();
        if (event.getEventId() != id) {
            throw new IllegalStateException("expected " + id + ", got " + event.getEventId());
        }
    }

    private static int line(Event event) {
        Optional<Mark> mark = event.getStartMark();
        return mark.isPresent() ? mark.get().getLine() + 1 : 0;
    }

    private static int column(Event event) {
        Optional<Mark> mark = event.getStartMark();
        return mark.isPresent() ? mark.get().getColumn() + 1 : 0;
    }

    private record Anchored(YamlNode node, int nodesBelow) {}
}
