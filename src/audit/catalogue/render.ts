import { EventDefinition } from '../../core/index.js';

/** The event catalogue as Markdown; the same definitions give the same text. */
export function renderEventCatalogue(rooms: Readonly<Record<string, readonly EventDefinition[]>>): string {
  const contents = Object.entries(rooms).map(
    ([room, events]) => `- **${room}**: ${events.map(({ type }) => `[${type}](#${type.toLowerCase()})`).join(', ')}`,
  );
  const chapters = Object.entries(rooms).map(([room, events]) => `## ${room}\n\n${events.map(describe).join('\n\n')}`);
  return `# Events

Generated from the code by \`npm run docs:events\`. Every type with its schema version and a frozen sample of each version; tests replay them all.
What goes with every event (who, when, why, from where) is the envelope, described in [architecture.md](architecture.md).

${contents.join('\n')}

${chapters.join('\n\n')}
`;
}

function describe({ type, summary, stream, outcome = 'ok', resource, samples }: EventDefinition): string {
  const current = samples.length;
  const about = resource(samples[current - 1]!);
  const facts = [
    `stream \`${stream}\``,
    `schema ${current}`,
    `about a ${about.kind}`,
    ...(outcome === 'ok' ? [] : [`outcome ${outcome}`]),
  ];
  const blocks = samples
    .map(
      (sample, index) =>
        `${current > 1 ? `Schema ${index + 1}:\n\n` : ''}\`\`\`json\n${JSON.stringify(sample, undefined, 2)}\n\`\`\``,
    )
    .reverse();
  return `### ${type}\n\n${summary}\n\n${facts.join(' · ')}\n\n${blocks.join('\n\n')}`;
}
