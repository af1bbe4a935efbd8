import { useEffect, useState, type ComponentType } from 'react';

/**
 * A component that is loaded when it is first shown. React's own `lazy` keeps what takes the place of the missing one in sight for 300 ms at
 * least, however soon the other is there.
 *
 * @param Waiting what stands in its place meanwhile; absent: nothing
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, Waiting: ComponentType<Props> = () => null): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [Shown, setShown] = useState<ComponentType<Props> | undefined>(() => loaded);
    const [failure, setFailure] = useState<{ error: unknown }>();
    useEffect(() => {
      if (Shown) return undefined;
      let isHere = true;
      load().then(
        (component) => {
          loaded = component;
          if (isHere) setShown(() => component);
        },
        (error: unknown) => {
          if (isHere) setFailure({ error });
        },
      );
      return () => {
        isHere = false;
      };
    }, [Shown]);
    // As `lazy` does: whoever stands around it says what went wrong.
    if (failure) throw failure.error;
    return Shown ? <Shown {...props} /> : <Waiting {...props} />;
  };
}
