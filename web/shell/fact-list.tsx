export interface FactListProps {
  /** What tests find it by. */
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
}

/** Names and what is known of each. */
export function FactList({ name, facts }: FactListProps) {
  return (
    <dl class={`outputs ${name}`} data-testid={name}>
      {facts.map(([what, fact]) => (
        <div key={what} class="member">
          <dt>{what}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
