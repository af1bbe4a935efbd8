// What makes the server's forms kinder; they work without it.
(() => {
  const zh = document.documentElement.lang.startsWith('zh');
  const words = zh
    ? { show: '显示密码', hide: '隐藏密码', caps: '大写锁定已打开。', wait: (time) => `请在 ${time} 后重试。`, over: '现在可以重试了。' }
    : {
        show: 'Show the password',
        hide: 'Hide the password',
        caps: 'Caps lock is on.',
        wait: (time) => `Try again in ${time}.`,
        over: 'You can try again now.',
      };

  for (const input of document.querySelectorAll('input[type=password]')) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'small', textContent: words.show });
    button.addEventListener('click', () => {
      const shows = input.type === 'text';
      input.type = shows ? 'password' : 'text';
      button.textContent = shows ? words.show : words.hide;
    });
    const note = Object.assign(document.createElement('span'), { className: 'hint', role: 'status' });
    for (const name of ['keydown', 'keyup'])
      input.addEventListener(name, (event) => {
        note.textContent = event.getModifierState?.('CapsLock') ? words.caps : '';
      });
    input.closest('label').after(button, ' ', note);
    // What is sent is a password again: browsers offer to keep it.
    input.form.addEventListener('submit', () => {
      input.type = 'password';
    });
  }

  const told = document.querySelector('[data-wait]');
  if (told) {
    const ends = Date.now() + Number(told.dataset.wait) * 1000;
    const buttons = told.parentElement.querySelectorAll('form[action="/sign-in"] button:not([type]), form[action="/change-password"] button:not([type])');
    // Spoken once as it came; the count is for eyes.
    const count = Object.assign(document.createElement('p'), { className: 'hint', ariaHidden: 'true' });
    told.after(count);
    const tick = () => {
      const left = Math.ceil((ends - Date.now()) / 1000);
      for (const button of buttons) button.disabled = left > 0;
      count.textContent = left > 0 ? words.wait(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`) : words.over;
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  }
})();
